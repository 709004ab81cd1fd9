CREATE INDEX idx_review_topics_topic ON {schema}.review_topics (tenant_id, topic_id) INCLUDE (review_id, confidence);
