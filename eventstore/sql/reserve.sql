-- Takes the next positions. The row lock makes us the only appender until commit or rollback, and a rollback gives
-- the positions back. The notification is delivered at commit; it is empty because the log itself says what is new.
UPDATE event_log_head SET position = position + %(count)s
RETURNING position - %(count)s, pg_notify('event_log', '')
