SELECT count(), sum(cityHash64(*)) FROM (
    SELECT
        tenant_id, toString(date) AS day, topic, toInt64(count()), toInt64(countIf(label = 'positive')),
        toInt64(countIf(label = 'neutral')), toInt64(countIf(label = 'negative')),
        toInt64(countIf(label = 'undetermined')), toInt64(sum(confidence) * 10000)
    FROM $database.review_facts FINAL
    ARRAY JOIN topic_ids AS topic, topic_confidences AS confidence
    GROUP BY tenant_id, day, topic
)
