SELECT tenant_id, count(), sum(reinterpretAsUInt64(reverse(substring(MD5(concat(
    toString(review_id), '|', toString(date), '|', source, '|', platform, '|', language, '|', label, '|',
    ifNull(toString(toInt64(score * 10000)), ''), '|', ifNull(toString(toInt64(rating * 100)), ''), '|',
    toString(length(topic_ids)), '|', toString(position)
)), 1, 8))))
FROM $database.review_facts FINAL
GROUP BY tenant_id
