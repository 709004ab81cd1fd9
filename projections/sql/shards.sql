SELECT shard, position, pending_to FROM projection_shards
WHERE name = %(name)s AND version = %(version)s
ORDER BY shard
