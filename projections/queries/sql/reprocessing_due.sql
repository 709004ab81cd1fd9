-- What a tenant's own makes of the version, such as 2+calibration.1, is replaced by the plain one only where that tenant is named.
-- By id: a review keeps its place whatever happens to it meanwhile, so that no page is read twice and none is missed.
SELECT review_id, tenant_id
FROM public.processed_reviews
WHERE (%(tenant_id)s::uuid IS NULL OR tenant_id = %(tenant_id)s::uuid)
  AND (%(only)s::uuid[] IS NULL OR tenant_id = ANY (%(only)s::uuid[]))
  AND tenant_id <> ALL (%(without)s::uuid[])
  AND (%(source)s::text IS NULL OR source = %(source)s::text)
  AND (%(label)s::text IS NULL OR sentiment_label = %(label)s::text)
  AND (%(language)s::text IS NULL OR language = %(language)s::text)
  AND (%(since)s::timestamptz IS NULL OR published_at >= %(since)s::timestamptz)
  AND (%(until)s::timestamptz IS NULL OR published_at < %(until)s::timestamptz)
  AND processing_version IS DISTINCT FROM %(version)s::text
  AND (%(tenant_id)s::uuid IS NOT NULL OR NOT starts_with(coalesce(processing_version, ''), %(version)s::text || '+'))
  AND (%(after)s::uuid IS NULL OR review_id > %(after)s::uuid)
ORDER BY review_id
LIMIT %(limit)s
