SELECT count(), sum(cityHash64(*)) FROM (
    SELECT tenant_id, toString(date) AS day, name, sum(value) AS total
    FROM $database.daily_stats
    ARRAY JOIN metricsMap.name AS name, metricsMap.value AS value
    GROUP BY tenant_id, day, name
    HAVING total != 0
)
