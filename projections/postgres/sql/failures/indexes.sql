CREATE INDEX idx_failures_tenant ON {schema}.failures (tenant_id, position DESC);
