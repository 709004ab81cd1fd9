SELECT count(), sum(cityHash64(*)) FROM (
    SELECT tenant_id, toString(date) AS day, name, toInt64(count()) AS total
    FROM $database.review_facts FINAL
    ARRAY JOIN arrayConcat(
        ['reviews', concat('sentiment.', label), concat('source.', source), concat('language.', language)],
        if(platform = '', [], [concat('platform.', platform)]),
        if(isNull(rating), [], [concat('rating.', toString(intDiv(toInt64(assumeNotNull(rating) * 100) + 50, 100)))])
    ) AS name
    GROUP BY tenant_id, day, name
)
