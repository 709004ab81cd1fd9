SELECT tenant_id, count(), sum(cityHash64(*)) FROM (
    SELECT
        tenant_id, timestamp, source, platform, language, sum(m.sentiment_positive) AS positive,
        sum(m.sentiment_neutral) AS neutral, sum(m.sentiment_negative) AS negative,
        sum(m.sentiment_undetermined) AS undetermined, sum(m.total_reviews) AS total, sum(m.rating_count) AS rated,
        sum(m.rating_sum) AS rating, sum(m.score_count) AS scored, sum(m.score_sum) AS score
    FROM $database.review_metrics AS m
    GROUP BY tenant_id, timestamp, source, platform, language
    HAVING (positive, neutral, negative, undetermined, total, rated, scored) != (0, 0, 0, 0, 0, 0, 0)
        OR rating != 0 OR score != 0
)
GROUP BY tenant_id
