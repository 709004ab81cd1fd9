CREATE OR REPLACE VIEW $views.topic_periods $on_cluster AS
SELECT
    tenant_id, period, first_day, topic_id, source, sum(p.total_reviews) AS total_reviews,
    sum(p.sentiment_positive) AS sentiment_positive, sum(p.sentiment_neutral) AS sentiment_neutral,
    sum(p.sentiment_negative) AS sentiment_negative, sum(p.sentiment_undetermined) AS sentiment_undetermined,
    sum(p.rating_count) AS rating_count, sum(p.rating_sum) AS rating_sum,
    toFloat64(rating_sum) / nullIf(rating_count, 0) AS avg_rating
FROM $database.topic_periods AS p
GROUP BY tenant_id, period, first_day, topic_id, source
HAVING total_reviews != 0
