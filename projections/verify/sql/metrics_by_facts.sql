SELECT count(), sum(cityHash64(*)) FROM (
    SELECT
        tenant_id, toString(date) AS day, toString(source) AS s, toString(platform) AS p, toString(language) AS l,
        toInt64(countIf(label = 'positive')), toInt64(countIf(label = 'neutral')), toInt64(countIf(label = 'negative')),
        toInt64(countIf(label = 'undetermined')), toInt64(count()), toInt64(count(rating)),
        toInt64(sum(ifNull(rating, 0)) * 100), toInt64(count(score)), toInt64(sum(ifNull(score, 0)) * 10000)
    FROM $database.review_facts FINAL
    GROUP BY tenant_id, day, s, p, l
)
