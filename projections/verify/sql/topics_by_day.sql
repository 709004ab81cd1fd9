SELECT toString(tenant_id), topic_id, sum(t.total_reviews) AS reviews, toInt64(sum(t.confidence_sum) * 10000)
FROM $database.topic_trends AS t
GROUP BY tenant_id, topic_id
HAVING reviews != 0
