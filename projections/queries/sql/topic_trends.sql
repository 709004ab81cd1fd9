SELECT
    date, topic_id, sum(t.total_reviews) AS total, sum(t.sentiment_positive), sum(t.sentiment_negative),
    toFloat64(sum(t.confidence_sum)) / total
FROM $database.topic_trends AS t
WHERE tenant_id = %(tenant_id)s AND date >= toDate32(%(since)s) AND date <= toDate32(%(until)s)
GROUP BY date, topic_id
HAVING total != 0
ORDER BY date, total DESC, topic_id
