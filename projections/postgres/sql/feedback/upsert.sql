INSERT INTO {schema}.review_feedback (
    review_id, tenant_id, revision, field, subject, who, given_value, right_value, note, processing_version, disputed_at, position
)
SELECT review_id, tenant_id, revision, field, subject, who, given, "right", note, processing_version, disputed_at, position
FROM jsonb_to_recordset(%(rows)s::jsonb) AS new (
    review_id uuid, tenant_id uuid, revision integer, field text, subject text, who text, given text, "right" text, note text,
    processing_version text, disputed_at timestamptz, position bigint
)
ON CONFLICT (review_id, revision, field, subject, who) DO UPDATE SET
    given_value = excluded.given_value, right_value = excluded.right_value, note = excluded.note,
    processing_version = excluded.processing_version, disputed_at = excluded.disputed_at, position = excluded.position
