-- The worst score first within each half: what the alarm is about, then what was before.
SELECT review_id, date >= toDate32(%(first)s) AS recent, source, topic_ids
FROM $database.review_facts FINAL
WHERE tenant_id = %(tenant_id)s AND date >= toDate32(%(since)s) AND date <= toDate32(%(until)s)
  AND (%(source)s = '' OR source = %(source)s) AND (%(topic)s = '' OR has(topic_ids, %(topic)s))
  AND (%(label)s = '' OR label = %(label)s)
ORDER BY recent DESC, score ASC NULLS LAST, review_id
LIMIT %(limit)s
