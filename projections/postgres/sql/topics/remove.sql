DELETE FROM {schema}.topics AS old
USING jsonb_to_recordset(%(removed)s::jsonb) AS gone (review_id uuid, topic_id text)
WHERE old.review_id = gone.review_id AND old.topic_id = gone.topic_id
