UPDATE projection_shards SET position = pending_to, pending_to = NULL
WHERE name = %(name)s AND version = %(version)s AND shard = %(shard)s AND position = %(position)s
  AND pending_to = %(to)s
