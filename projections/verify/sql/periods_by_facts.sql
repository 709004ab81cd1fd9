SELECT count(), sum(cityHash64(*)) FROM (
    SELECT
        tenant_id, span.1 AS by, span.2 AS day, topic, s,
        toInt64(countIf(label = 'positive')), toInt64(countIf(label = 'neutral')), toInt64(countIf(label = 'negative')),
        toInt64(countIf(label = 'undetermined')), toInt64(count()), toInt64(count(rating)),
        toInt64(sum(ifNull(rating, 0)) * 100)
    FROM (
        SELECT
            tenant_id, toString(source) AS s, label, rating, topic,
            [
                ('week', toString(subtractDays(date, toDayOfWeek(date) - 1))),
                ('month', toString(subtractDays(date, toDayOfMonth(date) - 1)))
            ] AS spans
        FROM $database.review_facts FINAL
        ARRAY JOIN topic_ids AS topic
    )
    ARRAY JOIN spans AS span
    GROUP BY tenant_id, by, day, topic, s
)
