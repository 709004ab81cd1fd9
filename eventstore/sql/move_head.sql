-- The notification is delivered at commit, with the events; its payload is empty because the log itself says what is new.
UPDATE event_log_head SET position = %(position)s
RETURNING pg_notify('event_log', '')
