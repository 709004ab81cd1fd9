DELETE FROM {schema}.review_feedback
WHERE review_id IN (SELECT review_id FROM jsonb_to_recordset(%(withdrawn)s::jsonb) AS doc (review_id uuid))
