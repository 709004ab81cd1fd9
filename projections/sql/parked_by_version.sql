SELECT 'projection' AS stage, name, stream_id, tenant_id, position, topic, error, parked_at
FROM parked_streams
WHERE name = %(name)s AND version = %(version)s
ORDER BY parked_at, position
