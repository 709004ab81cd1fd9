INSERT INTO inbound_rejections (run_id, line, reason, field, error)
VALUES (%(run_id)s, %(line)s, %(reason)s, %(field)s, %(error)s)
ON CONFLICT (run_id, line) DO NOTHING
