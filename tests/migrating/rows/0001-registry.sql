INSERT INTO projections (name, version, state, position, pending_to, shape, filter)
VALUES ('reviews', 1, 'retired', 9, NULL, 'a', NULL), ('reviews', 2, 'live', 50, 60, 'b', NULL),
       ('analytics', 1, 'building', 20, NULL, 'c', '{"tenant": "x"}');
INSERT INTO parked_streams (name, version, stream_id, tenant_id, position, topic, error)
VALUES ('reviews', 2, gen_random_uuid(), gen_random_uuid(), 5, 'review.processed', 'refused');
