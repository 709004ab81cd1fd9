SELECT 'projection' AS stage, name, stream_id, tenant_id, parked.position, topic, error, parked_at
FROM parked_streams AS parked JOIN projections USING (name, version)
WHERE state = 'live' AND (%(name)s::text IS NULL OR name = %(name)s::text)
ORDER BY parked_at, parked.position
