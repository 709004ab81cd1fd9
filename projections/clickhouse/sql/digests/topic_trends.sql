SELECT tenant_id, count(), sum(cityHash64(*)) FROM (
    SELECT
        tenant_id, date, topic_id, sum(t.total_reviews) AS total, sum(t.sentiment_positive) AS positive,
        sum(t.sentiment_neutral) AS neutral, sum(t.sentiment_negative) AS negative,
        sum(t.sentiment_undetermined) AS undetermined, sum(t.confidence_sum) AS confidence
    FROM $database.topic_trends AS t
    GROUP BY tenant_id, date, topic_id
    HAVING (total, positive, neutral, negative, undetermined) != (0, 0, 0, 0, 0) OR confidence != 0
)
GROUP BY tenant_id
