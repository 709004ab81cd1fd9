-- Whoever holds this row lock is the only appender, until its commit or rollback.
SELECT position FROM event_log_head FOR UPDATE
