CREATE INDEX idx_topics_tenant ON {schema}.topics (tenant_id, topic_id);
