SELECT 'publisher' AS stage, name, stream_id, tenant_id, position, topic, error, aside_at AS parked_at FROM streams_aside
WHERE %(name)s::text IS NULL OR name = %(name)s::text
ORDER BY aside_at, position
