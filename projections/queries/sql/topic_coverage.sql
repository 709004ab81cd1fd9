SELECT count(), countIf(notEmpty(topic_ids))
FROM $database.review_facts FINAL
WHERE tenant_id = %(tenant_id)s AND date >= toDate32(%(since)s) AND date <= toDate32(%(until)s)
  AND (%(source)s = '' OR source = %(source)s) AND (%(label)s = '' OR label = %(label)s)
