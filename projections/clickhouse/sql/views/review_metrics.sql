CREATE OR REPLACE VIEW $views.review_metrics $on_cluster AS
SELECT
    tenant_id, timestamp, source, platform, language,
    sum(m.sentiment_positive) AS sentiment_positive, sum(m.sentiment_neutral) AS sentiment_neutral,
    sum(m.sentiment_negative) AS sentiment_negative, sum(m.sentiment_undetermined) AS sentiment_undetermined,
    sum(m.total_reviews) AS total_reviews, sum(m.rating_count) AS rating_count, sum(m.rating_sum) AS rating_sum,
    sum(m.score_count) AS score_count, sum(m.score_sum) AS score_sum,
    toFloat64(rating_sum) / nullIf(rating_count, 0) AS avg_rating
FROM $database.review_metrics AS m
GROUP BY tenant_id, timestamp, source, platform, language
HAVING total_reviews != 0
