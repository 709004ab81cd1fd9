-- `attempts` is -1 where the batch said nothing about it.
INSERT INTO {schema}.saga_progress AS old (review_id, tenant_id, next_step, revision, since, last_position, attempts)
SELECT new.review_id, new.tenant_id, new.next_step, new.revision, new.since, new.last_position, new.attempts
FROM jsonb_to_recordset(%(rows)s::jsonb) AS new (
    review_id uuid, tenant_id uuid, next_step text, revision integer, since timestamptz, last_position bigint,
    attempts integer
)
ON CONFLICT (review_id) DO UPDATE
SET next_step = excluded.next_step, revision = excluded.revision, since = excluded.since,
    last_position = excluded.last_position,
    attempts = CASE WHEN excluded.attempts < 0 THEN old.attempts ELSE excluded.attempts END
WHERE old.revision <= excluded.revision
