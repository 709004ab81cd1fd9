-- Gives whether the stream is parked by this event or by an earlier one; not, while it is being unparked.
INSERT INTO parked_streams AS old (name, version, stream_id, tenant_id, position, topic, error)
VALUES (%(name)s, %(version)s, %(stream_id)s, %(tenant_id)s, %(position)s, %(topic)s, %(error)s)
ON CONFLICT (name, version, stream_id) DO UPDATE SET position = old.position
RETURNING old.position = %(position)s AS new, coalesce(old.release_to < %(position)s, false) AS unparking
