CREATE INDEX idx_feedback_tenant ON {schema}.review_feedback (tenant_id, field, disputed_at, review_id);
