SELECT reason, field, count(*), min(line), (array_agg(error ORDER BY line))[1]
FROM inbound_rejections
WHERE run_id = %(run_id)s
GROUP BY reason, field
ORDER BY count(*) DESC, min(line)
