SELECT count(*) AS reviews
FROM public.processed_reviews AS review
WHERE review.tenant_id = %(tenant_id)s AND review.language IS NOT NULL
  AND (%(source)s::text IS NULL OR review.source = %(source)s::text)
  AND (%(since)s::timestamptz IS NULL OR review.published_at >= %(since)s::timestamptz)
  AND (%(until)s::timestamptz IS NULL OR review.published_at < %(until)s::timestamptz)
