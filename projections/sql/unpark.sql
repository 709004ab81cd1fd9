DELETE FROM parked_streams
WHERE name = %(name)s AND version = %(version)s
  AND (%(tenant_id)s::uuid IS NULL OR tenant_id = %(tenant_id)s::uuid)
  AND (%(streams)s::uuid[] IS NULL OR stream_id = ANY (%(streams)s::uuid[]))
