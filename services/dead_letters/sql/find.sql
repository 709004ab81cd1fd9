-- Without the payload: a list never shows it. A letter of an unregistered tenant is found by the name that it states.
SELECT dead_letter_id, tenant, stage, reason, field, error, origin_topic, origin_partition, origin_offset, origin_item,
       review_id, run_id, line, replay_of, octet_length(payload) AS payload_bytes, dead_lettered_at, state, changed_at
FROM dead_letters
WHERE (%(ids)s::uuid[] IS NULL OR dead_letter_id = ANY (%(ids)s::uuid[]))
  AND (%(tenants)s::text[] IS NULL OR coalesce(tenant, headers ->> 'ce_tenantid') = ANY (%(tenants)s::text[]))
  AND (%(stage)s::text IS NULL OR stage = %(stage)s::text)
  AND (%(reason)s::text IS NULL OR reason = %(reason)s::text)
  AND (%(since)s::timestamptz IS NULL OR dead_lettered_at >= %(since)s::timestamptz)
  AND (%(until)s::timestamptz IS NULL OR dead_lettered_at < %(until)s::timestamptz)
  AND (%(run)s::text IS NULL OR run_id = %(run)s::text)
  AND (%(review)s::text IS NULL OR review_id = %(review)s::text)
  AND (%(state)s::text IS NULL OR state = %(state)s::text)
ORDER BY dead_lettered_at, origin_topic, origin_partition, origin_offset, origin_item, dead_letter_id
LIMIT %(limit)s
