INSERT INTO projection_shards (name, version, shard, position)
SELECT %(name)s, %(version)s, shard, %(position)s
FROM generate_series(0, %(shards)s - 1) AS shard
