-- A review that speaks of a term twice counts once a label.
SELECT a.term,
       count(DISTINCT a.review_id) AS reviews,
       count(DISTINCT a.review_id) FILTER (WHERE a.label = 'positive') AS positive,
       count(DISTINCT a.review_id) FILTER (WHERE a.label = 'negative') AS negative,
       count(DISTINCT a.review_id) FILTER (WHERE a.label = 'undetermined') AS undetermined
FROM public.review_aspects AS a
WHERE a.tenant_id = %(tenant_id)s
  AND (%(term)s::text IS NULL OR a.term = %(term)s::text)
  AND (%(label)s::text IS NULL OR a.label = %(label)s::text)
  AND ((%(source)s::text IS NULL AND %(since)s::timestamptz IS NULL AND %(until)s::timestamptz IS NULL) OR EXISTS (
      SELECT FROM public.processed_reviews AS review
      WHERE review.review_id = a.review_id
        AND (%(source)s::text IS NULL OR review.source = %(source)s::text)
        AND (%(since)s::timestamptz IS NULL OR review.published_at >= %(since)s::timestamptz)
        AND (%(until)s::timestamptz IS NULL OR review.published_at < %(until)s::timestamptz)
  ))
GROUP BY a.term
ORDER BY reviews DESC, a.term
LIMIT %(limit)s
