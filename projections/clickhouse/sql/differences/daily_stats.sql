-- The same for the bags of counters; the total of a day goes under the empty name.
SELECT
    tenant_id, date, sumIf(missing, name = '') AS total, groupArrayIf(name, name != '') AS names,
    groupArrayIf(missing, name != '') AS counters
FROM (
    SELECT tenant_id, date, name, sum(counted) AS missing
    FROM (
        SELECT tenant_id, date, name, toInt64(1) AS counted
        FROM $database.review_facts FINAL
        ARRAY JOIN arrayConcat(
            ['', 'reviews', concat('sentiment.', label), concat('source.', source), concat('language.', language)],
            if(platform = '', [], [concat('platform.', platform)]),
            if(isNull(rating), [], [concat('rating.', toString(intDiv(toInt64(assumeNotNull(rating) * 100) + 50, 100)))])
        ) AS name
        WHERE tenant_id IN %(tenants)s AND date IN %(days)s
        UNION ALL
        SELECT tenant_id, date, name, -value
        FROM $database.daily_stats
        ARRAY JOIN metricsMap.name AS name, metricsMap.value AS value
        WHERE tenant_id IN %(tenants)s AND date IN %(days)s
        UNION ALL
        SELECT tenant_id, date, '', -total_reviews
        FROM $database.daily_stats
        WHERE tenant_id IN %(tenants)s AND date IN %(days)s
    )
    GROUP BY tenant_id, date, name
    HAVING missing != 0
)
GROUP BY tenant_id, date
