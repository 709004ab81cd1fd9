-- The same for topics by week and month: of every period that one of the days is in, the whole of it.
WITH
    arrayMap(d -> subtractDays(toDate32(d), toDayOfWeek(toDate32(d)) - 1), %(days)s) AS weeks,
    arrayMap(d -> subtractDays(toDate32(d), toDayOfMonth(toDate32(d)) - 1), %(days)s) AS months
SELECT
    tenant_id, by, first_day, topic_id, source, sum(a) AS positive, sum(b) AS neutral, sum(c) AS negative,
    sum(d) AS undetermined, sum(e) AS total, sum(f) AS rated, sum(g) AS rating
FROM (
    SELECT
        tenant_id, span.1 AS by, span.2 AS first_day, topic AS topic_id, toString(source) AS source,
        toInt64(label = 'positive') AS a, toInt64(label = 'neutral') AS b, toInt64(label = 'negative') AS c,
        toInt64(label = 'undetermined') AS d, toInt64(1) AS e, toInt64(rating IS NOT NULL) AS f,
        toDecimal64(ifNull(rating, 0), 2) AS g
    FROM (
        SELECT
            tenant_id, source, label, rating, topic,
            [
                ('week', subtractDays(date, toDayOfWeek(date) - 1)), ('month', subtractDays(date, toDayOfMonth(date) - 1))
            ] AS spans
        FROM $database.review_facts FINAL
        ARRAY JOIN topic_ids AS topic
        WHERE tenant_id IN %(tenants)s
          AND date >= least(arrayMin(weeks), arrayMin(months)) AND date <= addDays(arrayMax(months), 37)
    )
    ARRAY JOIN spans AS span
    WHERE has(if(by = 'week', weeks, months), first_day)
    UNION ALL
    SELECT
        tenant_id, toString(period), first_day, topic_id, toString(source), -sentiment_positive, -sentiment_neutral,
        -sentiment_negative, -sentiment_undetermined, -total_reviews, -rating_count, -rating_sum
    FROM $database.topic_periods
    WHERE tenant_id IN %(tenants)s AND has(if(period = 'week', weeks, months), first_day)
)
GROUP BY tenant_id, by, first_day, topic_id, source
HAVING (positive, neutral, negative, undetermined, total, rated) != (0, 0, 0, 0, 0, 0) OR rating != 0
