-- As in reprocessing_due.sql, without a named tenant what a tenant's own makes of the version counts as having it.
SELECT count(*) FILTER (WHERE saga.next_step = 'done' AND NOT has.it) AS due,
       count(*) FILTER (WHERE saga.next_step = 'done' AND has.it) AS already,
       count(*) FILTER (WHERE saga.next_step <> 'done') AS incomplete
FROM public.processed_reviews AS review
JOIN public.saga_progress AS saga ON saga.review_id = review.review_id
CROSS JOIN LATERAL (
    SELECT review.processing_version = %(version)s::text
           OR (%(tenant_id)s::uuid IS NULL AND starts_with(review.processing_version, %(version)s::text || '+')) AS it
) AS has
WHERE (%(tenant_id)s::uuid IS NULL OR review.tenant_id = %(tenant_id)s::uuid)
  AND (%(only)s::uuid[] IS NULL OR review.tenant_id = ANY (%(only)s::uuid[]))
  AND review.tenant_id <> ALL (%(without)s::uuid[])
  AND (%(source)s::text IS NULL OR source = %(source)s::text)
  AND (%(label)s::text IS NULL OR sentiment_label = %(label)s::text)
  AND (%(language)s::text IS NULL OR language = %(language)s::text)
  AND (%(since)s::timestamptz IS NULL OR published_at >= %(since)s::timestamptz)
  AND (%(until)s::timestamptz IS NULL OR published_at < %(until)s::timestamptz)
