SELECT tenant_id, count(), sum(reinterpretAsUInt64(reverse(substring(MD5(concat(
    toString(review_id), '|', encoder, '|', language, '|',
    lower(hex(MD5(arrayStringConcat(arrayMap(number -> char(reinterpretAsUInt8(number)), vector))))), '|',
    toString(revision), '|', toString(position)
)), 1, 8))))
FROM $database.review_vectors FINAL
GROUP BY tenant_id
