CREATE INDEX idx_alarms_tenant ON {schema}.alarms (tenant_id, day DESC);
CREATE INDEX idx_alarms_series ON {schema}.alarms (review_id);
