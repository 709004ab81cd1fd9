INSERT INTO streams_aside AS old (name, stream_id, tenant_id, position, topic, error)
VALUES (%(name)s, %(stream_id)s, %(tenant_id)s, %(position)s, %(topic)s, %(error)s)
ON CONFLICT (name, stream_id) DO UPDATE
SET position = excluded.position, topic = excluded.topic, error = excluded.error
WHERE old.position < excluded.position
