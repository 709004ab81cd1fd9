INSERT INTO {schema}.failures (
    position, review_id, tenant_id, kind, revision, step, attempt, error_type, error, not_before, occurred_at
)
SELECT position, review_id, tenant_id, kind, revision, step, attempt, error_type, error, not_before, occurred_at
FROM jsonb_to_recordset(%(failures)s::jsonb) AS new (
    position bigint, review_id uuid, tenant_id uuid, kind text, revision integer, step text, attempt integer,
    error_type text, error text, not_before timestamptz, occurred_at timestamptz
)
