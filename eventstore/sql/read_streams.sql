SELECT position, tenant_id, originator_id, originator_version, topic, state,
       event_id, causation_id, correlation_id, recorded_at
FROM events
WHERE originator_id = ANY (%(streams)b::uuid[])
  AND (%(topics)s::text[] IS NULL OR topic = ANY (%(topics)s::text[]))
ORDER BY originator_id, originator_version
