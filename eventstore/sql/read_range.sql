SELECT position, tenant_id, originator_id, originator_version, topic, state,
       event_id, causation_id, correlation_id, recorded_at
FROM events
WHERE position > %(after)s AND position <= %(until)s
  AND (%(topics)s::text[] IS NULL OR topic = ANY (%(topics)s::text[]))
  AND (%(tenant_id)s::uuid IS NULL OR tenant_id = %(tenant_id)s::uuid)
  AND (%(since)s::timestamptz IS NULL OR recorded_at >= %(since)s::timestamptz)
ORDER BY position
