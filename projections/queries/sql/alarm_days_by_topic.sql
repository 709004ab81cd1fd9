SELECT topic_id, date, sum(t.total_reviews) AS total, sum(t.sentiment_negative), 0, 0.0
FROM $database.topic_trends AS t
WHERE tenant_id = %(tenant_id)s AND date >= toDate32(%(since)s) AND date <= toDate32(%(until)s)
GROUP BY topic_id, date
HAVING total != 0
ORDER BY topic_id, date
