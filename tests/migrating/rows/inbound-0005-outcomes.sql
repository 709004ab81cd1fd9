INSERT INTO inbound_partitions
    (topic, topic_id, partition, next_offset, received, accepted, revised, corrected, withdrawn, deduplicated, dead_lettered)
VALUES ('reviews.inbound', 'outcomes', 5, 30, 21, 6, 5, 4, 3, 2, 1);
INSERT INTO inbound_runs (run_id, received, accepted, revised, corrected, withdrawn, deduplicated, dead_lettered)
VALUES ('outcomes', 21, 6, 5, 4, 3, 2, 1);
