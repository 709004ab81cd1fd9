SELECT (sumMap(s.metricsMap.name, s.metricsMap.value) AS summed).1, summed.2
FROM $database.daily_stats AS s
WHERE tenant_id = %(tenant_id)s AND date >= toDate32(%(since)s) AND date <= toDate32(%(until)s)
