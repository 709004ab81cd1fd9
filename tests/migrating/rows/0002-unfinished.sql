UPDATE projections SET paused = true WHERE name = 'analytics';
INSERT INTO projection_shards (name, version, shard, position) VALUES ('analytics', 1, 0, 20), ('analytics', 1, 1, 25);
