SELECT position, tenant_id, originator_id, originator_version, topic, state,
       event_id, causation_id, correlation_id, recorded_at
FROM events
WHERE originator_id = %(stream_id)s
  AND originator_version > %(after_version)s AND originator_version <= %(until_version)s
ORDER BY originator_version
