INSERT INTO inbound_partitions (topic, partition, next_offset, received, accepted, deduplicated, dead_lettered)
VALUES ('reviews.inbound', 0, 12, 12, 9, 2, 1), ('reviews.inbound', 1, 3, 3, 3, 0, 0);
INSERT INTO inbound_runs (run_id, received, accepted, deduplicated, dead_lettered) VALUES ('run', 12, 9, 2, 1);
INSERT INTO inbound_rejections (run_id, line, reason, field, error) VALUES ('run', 4, 'missing', 'content', 'empty');
