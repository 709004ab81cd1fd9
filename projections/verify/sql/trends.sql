SELECT count(), sum(cityHash64(*)) FROM (
    SELECT
        tenant_id, toString(date) AS day, topic_id, sum(t.total_reviews) AS e, sum(t.sentiment_positive) AS a,
        sum(t.sentiment_neutral) AS b, sum(t.sentiment_negative) AS c, sum(t.sentiment_undetermined) AS d,
        toInt64(sum(t.confidence_sum) * 10000) AS f
    FROM $database.topic_trends AS t
    GROUP BY tenant_id, day, topic_id
    HAVING (a, b, c, d, e, f) != (0, 0, 0, 0, 0, 0)
)
