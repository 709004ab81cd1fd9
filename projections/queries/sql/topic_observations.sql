-- A sample by a hash of the id: the same reviews every time.
SELECT source, toString(toStartOfMonth(date)), label, toFloat64(rating), topic_ids
FROM $database.review_facts FINAL
WHERE tenant_id = %(tenant_id)s AND date >= toDate32(%(since)s) AND date <= toDate32(%(until)s)
  AND (%(source)s = '' OR source = %(source)s)
ORDER BY sipHash64(review_id), review_id
LIMIT %(most)s
