INSERT INTO streams_aside (name, stream_id, tenant_id, position, topic, error)
VALUES ('public', gen_random_uuid(), gen_random_uuid(), 7, 'review.collected', 'too large');
