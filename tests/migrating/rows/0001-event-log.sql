INSERT INTO events (position, tenant_id, originator_id, originator_version, topic, state, event_id, causation_id, correlation_id)
SELECT n, gen_random_uuid(), gen_random_uuid(), 0, 'review.collected', '\x00ff', gen_random_uuid(), NULL, gen_random_uuid()
FROM generate_series(1, 50) AS n;
UPDATE event_log_head SET position = 50;
