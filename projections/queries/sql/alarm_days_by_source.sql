SELECT
    source, toDate32(timestamp) AS day, sum(m.total_reviews) AS total, sum(m.sentiment_negative),
    sum(m.rating_count), toFloat64(sum(m.rating_sum))
FROM $database.review_metrics AS m
WHERE tenant_id = %(tenant_id)s
  AND timestamp >= toDateTime64(%(since)s, 0, 'UTC') AND timestamp <= toDateTime64(%(until)s, 0, 'UTC')
GROUP BY source, day
HAVING total != 0
ORDER BY source, day
