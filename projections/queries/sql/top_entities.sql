-- The reviews are looked at only when a filter is about them.
SELECT min(e.entity_text) AS text, e.entity_type AS type, count(DISTINCT e.review_id) AS reviews,
       avg(e.sentiment)::float8 AS avg_sentiment, avg(e.salience)::float8 AS avg_salience
FROM public.review_entities AS e
WHERE e.tenant_id = %(tenant_id)s
  AND (%(type)s::text IS NULL OR e.entity_type = %(type)s::text)
  AND ((%(source)s::text IS NULL AND %(since)s::timestamptz IS NULL AND %(until)s::timestamptz IS NULL) OR EXISTS (
      SELECT FROM public.processed_reviews AS review
      WHERE review.review_id = e.review_id
        AND (%(source)s::text IS NULL OR review.source = %(source)s::text)
        AND (%(since)s::timestamptz IS NULL OR review.published_at >= %(since)s::timestamptz)
        AND (%(until)s::timestamptz IS NULL OR review.published_at < %(until)s::timestamptz)
  ))
GROUP BY lower(e.entity_text), e.entity_type
ORDER BY reviews DESC, text
LIMIT %(limit)s
