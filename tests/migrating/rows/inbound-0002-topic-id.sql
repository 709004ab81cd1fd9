INSERT INTO inbound_partitions (topic, topic_id, partition, next_offset) VALUES ('reviews.inbound', 'another', 0, 5);
INSERT INTO inbound_topics (topic, topic_id) VALUES ('reviews.inbound', 'another');
