-- Small, because a finished saga leaves it; so lag is a matter of milliseconds however long the history.
CREATE INDEX idx_saga_waiting ON {schema}.saga_progress (next_step, since) WHERE next_step NOT IN ('done', 'abandoned');
