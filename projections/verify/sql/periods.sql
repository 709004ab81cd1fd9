SELECT count(), sum(cityHash64(*)) FROM (
    SELECT
        tenant_id, toString(period) AS by, toString(first_day) AS day, topic_id, toString(source) AS s,
        sum(p.sentiment_positive) AS a, sum(p.sentiment_neutral) AS b, sum(p.sentiment_negative) AS c,
        sum(p.sentiment_undetermined) AS d, sum(p.total_reviews) AS e, sum(p.rating_count) AS f,
        toInt64(sum(p.rating_sum) * 100) AS g
    FROM $database.topic_periods AS p
    GROUP BY tenant_id, by, day, topic_id, s
    HAVING (a, b, c, d, e, f, g) != (0, 0, 0, 0, 0, 0, 0)
)
