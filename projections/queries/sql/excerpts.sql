-- Whoever asks names the tenant, so that no id of another one is ever answered.
SELECT review_id, revision, source, published_at, rating::float8 AS rating, sentiment_label AS label, language,
       left(concat_ws(' ', title, content), 100) AS text
FROM public.processed_reviews
WHERE tenant_id = %(tenant_id)s AND review_id = ANY (%(reviews)s::uuid[])
  AND (%(source)s::text IS NULL OR source = %(source)s::text)
  AND (%(label)s::text IS NULL OR sentiment_label = %(label)s::text)
  AND (%(language)s::text IS NULL OR language = %(language)s::text)
  AND (%(since)s::timestamptz IS NULL OR published_at >= %(since)s::timestamptz)
  AND (%(until)s::timestamptz IS NULL OR published_at < %(until)s::timestamptz)
