SELECT tenant_id, count(), sum(cityHash64(*)) FROM (
    SELECT tenant_id, date, sum(s.total_reviews) AS total, sumMap(s.metricsMap.name, s.metricsMap.value) AS counters
    FROM $database.daily_stats AS s
    GROUP BY tenant_id, date
    HAVING total != 0 OR notEmpty(counters.1)
)
GROUP BY tenant_id
