-- One row a review and topic: a topic that is named twice in one contribution is kept once, with its first confidence.
INSERT INTO {schema}.review_topics (review_id, tenant_id, topic_id, confidence, position)
SELECT review_id, tenant_id, topic_id, confidence, position
FROM jsonb_to_recordset(%(rows)s::jsonb) AS new (
    review_id uuid, tenant_id uuid, topic_id text, confidence numeric, position bigint
)
ON CONFLICT (review_id, topic_id) DO NOTHING
