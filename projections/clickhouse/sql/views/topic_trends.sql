CREATE OR REPLACE VIEW $views.topic_trends $on_cluster AS
SELECT
    tenant_id, date, topic_id, sum(t.total_reviews) AS total_reviews,
    sum(t.sentiment_positive) AS sentiment_positive, sum(t.sentiment_neutral) AS sentiment_neutral,
    sum(t.sentiment_negative) AS sentiment_negative, sum(t.sentiment_undetermined) AS sentiment_undetermined,
    sum(t.confidence_sum) AS confidence_sum
FROM $database.topic_trends AS t
GROUP BY tenant_id, date, topic_id
HAVING total_reviews != 0
