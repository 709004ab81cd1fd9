-- Without an index: who asks for a range at a time can say how far it is.
SELECT position, tenant_id, originator_id, originator_version, topic, state,
       event_id, causation_id, correlation_id, recorded_at
FROM events
WHERE position > %(after)s AND position <= %(until)s
  AND (%(tenant_id)s::uuid IS NULL OR tenant_id = %(tenant_id)s::uuid)
  AND (event_id = %(id)s::uuid OR correlation_id = %(id)s::uuid OR position(%(text)s::bytea IN state) > 0)
ORDER BY position
