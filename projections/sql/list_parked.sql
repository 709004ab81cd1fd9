SELECT name, version, stream_id, tenant_id, position, topic, error, release_to, parked_at
FROM parked_streams
WHERE %(name)s::text IS NULL OR name = %(name)s::text
ORDER BY parked_at, position
