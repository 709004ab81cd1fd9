SELECT position, tenant_id, originator_id, originator_version, topic, state,
       event_id, causation_id, correlation_id, recorded_at
FROM events
WHERE position > %(after)s AND position <= %(until)s
  AND (%(topics)s::text[] IS NULL OR topic = ANY (%(topics)s::text[]))
  AND (%(tenant_id)s::uuid IS NULL OR tenant_id = %(tenant_id)s::uuid)
  AND (%(since)s::timestamptz IS NULL OR recorded_at >= %(since)s::timestamptz)
  AND (%(before)s::timestamptz IS NULL OR recorded_at < %(before)s::timestamptz)
  AND (%(streams)s::uuid[] IS NULL OR originator_id = ANY (%(streams)s::uuid[]))
  -- Not by PostgreSQL's own hash, which another release may define differently in the middle of a rebuild.
  AND (%(shards)s::int IS NULL OR get_byte(uuid_send(originator_id), 15) %% %(shards)s::int = %(shard)s::int)
ORDER BY position
