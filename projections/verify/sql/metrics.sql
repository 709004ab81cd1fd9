SELECT count(), sum(cityHash64(*)) FROM (
    SELECT
        tenant_id, toString(toDate32(timestamp)) AS day, toString(source) AS s, toString(platform) AS p,
        toString(language) AS l, sum(m.sentiment_positive) AS a, sum(m.sentiment_neutral) AS b,
        sum(m.sentiment_negative) AS c, sum(m.sentiment_undetermined) AS d, sum(m.total_reviews) AS e,
        sum(m.rating_count) AS f, toInt64(sum(m.rating_sum) * 100) AS g, sum(m.score_count) AS h,
        toInt64(sum(m.score_sum) * 10000) AS i
    FROM $database.review_metrics AS m
    GROUP BY tenant_id, day, s, p, l
    HAVING (a, b, c, d, e, f, g, h, i) != (0, 0, 0, 0, 0, 0, 0, 0, 0)
)
