INSERT INTO {schema}.failures (
    position, review_id, tenant_id, kind, revision, step, attempt, error_type, error, not_before, occurred_at
) VALUES (
    %(position)s, %(review_id)s, %(tenant_id)s, %(kind)s, %(revision)s, %(step)s, %(attempt)s, %(error_type)s,
    %(error)s, %(not_before)s, %(occurred_at)s
)
