SELECT tenant_id, count(), sum(cityHash64(*)) FROM (
    SELECT
        tenant_id, toString(period) AS by, first_day, topic_id, source, sum(p.total_reviews) AS total,
        sum(p.sentiment_positive) AS positive, sum(p.sentiment_neutral) AS neutral, sum(p.sentiment_negative) AS negative,
        sum(p.sentiment_undetermined) AS undetermined, sum(p.rating_count) AS rated, sum(p.rating_sum) AS rating
    FROM $database.topic_periods AS p
    GROUP BY tenant_id, by, first_day, topic_id, source
    HAVING (total, positive, neutral, negative, undetermined, rated) != (0, 0, 0, 0, 0, 0) OR rating != 0
)
GROUP BY tenant_id
