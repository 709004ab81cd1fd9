-- `attempts` is -1 where the batch said nothing about it.
INSERT INTO {schema}.saga_progress AS old (
    review_id, tenant_id, next_step, revision, since, not_before, last_position, version, event_id, correlation_id,
    attempts
)
SELECT new.review_id, new.tenant_id, new.next_step, new.revision, new.since, new.not_before, new.last_position,
       new.version, new.event_id, new.correlation_id, new.attempts
FROM jsonb_to_recordset(%(rows)s::jsonb) AS new (
    review_id uuid, tenant_id uuid, next_step text, revision integer, since timestamptz, not_before timestamptz,
    last_position bigint, version integer, event_id uuid, correlation_id uuid, attempts integer
)
ON CONFLICT (review_id) DO UPDATE
SET next_step = excluded.next_step, revision = excluded.revision, since = excluded.since,
    not_before = excluded.not_before, last_position = excluded.last_position, version = excluded.version,
    event_id = excluded.event_id, correlation_id = excluded.correlation_id,
    attempts = CASE WHEN excluded.attempts < 0 THEN old.attempts ELSE excluded.attempts END
WHERE old.revision <= excluded.revision
