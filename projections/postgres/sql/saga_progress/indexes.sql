-- Small, because a finished saga leaves them; so lag is a matter of milliseconds however long the history.
CREATE INDEX idx_saga_waiting ON {schema}.saga_progress (next_step, since) WHERE next_step NOT IN ('done', 'abandoned');
CREATE INDEX idx_saga_retries ON {schema}.saga_progress (not_before) WHERE not_before IS NOT NULL;
CREATE INDEX idx_saga_abandoned ON {schema}.saga_progress (tenant_id) WHERE next_step = 'abandoned';
