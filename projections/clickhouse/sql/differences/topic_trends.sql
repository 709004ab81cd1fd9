-- The same for topics.
SELECT
    tenant_id, date, topic_id, sum(a) AS positive, sum(b) AS neutral, sum(c) AS negative, sum(d) AS undetermined,
    sum(e) AS total, sum(f) AS confidence
FROM (
    SELECT
        tenant_id, date, topic AS topic_id, toInt64(label = 'positive') AS a, toInt64(label = 'neutral') AS b,
        toInt64(label = 'negative') AS c, toInt64(label = 'undetermined') AS d, toInt64(1) AS e,
        toDecimal64(share, 4) AS f
    FROM $database.review_facts FINAL
    ARRAY JOIN topic_ids AS topic, topic_confidences AS share
    WHERE tenant_id IN %(tenants)s AND date IN %(days)s
    UNION ALL
    SELECT
        tenant_id, date, topic_id, -sentiment_positive, -sentiment_neutral, -sentiment_negative,
        -sentiment_undetermined, -total_reviews, -confidence_sum
    FROM $database.topic_trends
    WHERE tenant_id IN %(tenants)s AND date IN %(days)s
)
GROUP BY tenant_id, date, topic_id
HAVING (positive, neutral, negative, undetermined, total) != (0, 0, 0, 0, 0) OR confidence != 0
