-- What is missing in the sums of some days, by their facts; negative where there is too much.
SELECT
    tenant_id, timestamp, source, platform, language, sum(a) AS positive, sum(b) AS neutral, sum(c) AS negative,
    sum(d) AS undetermined, sum(e) AS total, sum(f) AS rated, sum(g) AS rating, sum(h) AS scored, sum(i) AS score
FROM (
    SELECT
        tenant_id, toDateTime64(date, 0, 'UTC') AS timestamp, source, platform, language,
        toInt64(label = 'positive') AS a, toInt64(label = 'neutral') AS b, toInt64(label = 'negative') AS c,
        toInt64(label = 'undetermined') AS d, toInt64(1) AS e, toInt64(f.rating IS NOT NULL) AS f,
        toDecimal64(ifNull(f.rating, 0), 2) AS g, toInt64(f.score IS NOT NULL) AS h,
        toDecimal64(ifNull(f.score, 0), 4) AS i
    FROM $database.review_facts AS f FINAL
    WHERE tenant_id IN %(tenants)s AND date IN %(days)s
    UNION ALL
    SELECT
        tenant_id, timestamp, source, platform, language, -sentiment_positive, -sentiment_neutral, -sentiment_negative,
        -sentiment_undetermined, -total_reviews, -rating_count, -rating_sum, -score_count, -score_sum
    FROM $database.review_metrics
    WHERE tenant_id IN %(tenants)s AND toDate32(timestamp) IN %(days)s
)
GROUP BY tenant_id, timestamp, source, platform, language
HAVING (positive, neutral, negative, undetermined, total, rated, scored) != (0, 0, 0, 0, 0, 0, 0)
    OR rating != 0 OR score != 0
