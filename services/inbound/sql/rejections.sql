SELECT line, reason, field, error FROM inbound_rejections WHERE run_id = %(run_id)s ORDER BY line LIMIT %(limit)s
