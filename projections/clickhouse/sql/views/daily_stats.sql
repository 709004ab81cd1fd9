CREATE OR REPLACE VIEW $views.daily_stats $on_cluster AS
SELECT
    tenant_id, date, sum(s.total_reviews) AS total_reviews,
    sumMap(s.metricsMap.name, s.metricsMap.value) AS summed, summed.1 AS names, summed.2 AS values
FROM $database.daily_stats AS s
GROUP BY tenant_id, date
HAVING total_reviews != 0
