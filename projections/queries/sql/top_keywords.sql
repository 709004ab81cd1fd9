SELECT k.keyword AS text, count(*) AS reviews, sum(k.relevance)::float8 AS relevance
FROM public.review_keywords AS k
WHERE k.tenant_id = %(tenant_id)s
  AND ((%(source)s::text IS NULL AND %(since)s::timestamptz IS NULL AND %(until)s::timestamptz IS NULL) OR EXISTS (
      SELECT FROM public.processed_reviews AS review
      WHERE review.review_id = k.review_id
        AND (%(source)s::text IS NULL OR review.source = %(source)s::text)
        AND (%(since)s::timestamptz IS NULL OR review.published_at >= %(since)s::timestamptz)
        AND (%(until)s::timestamptz IS NULL OR review.published_at < %(until)s::timestamptz)
  ))
GROUP BY k.keyword
ORDER BY reviews DESC, text
LIMIT 5000
