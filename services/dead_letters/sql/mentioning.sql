-- By what the message says of itself. Its text is no index: this reads payloads, newest dead letters first.
SELECT dead_letter_id, payload
FROM dead_letters
WHERE (%(tenants)s::text[] IS NULL OR coalesce(tenant, headers ->> 'ce_tenantid') = ANY (%(tenants)s::text[]))
  AND (headers ->> 'ce_id' = %(text)s OR position(convert_to(%(text)s, 'UTF8') IN payload) > 0)
ORDER BY dead_lettered_at DESC
LIMIT %(limit)s
