INSERT INTO parked_streams (name, version, stream_id, tenant_id, position, topic, error)
VALUES (%(name)s, %(version)s, %(stream_id)s, %(tenant_id)s, %(position)s, %(topic)s, %(error)s)
ON CONFLICT DO NOTHING
