-- By key, in the order of its index: whatever their type and spelling. The reviews are looked at only when a filter is about them.
-- Of a type asked for, and all short ones: they may be abbreviations of names of that type.
SELECT e.entity_key AS key, mode() WITHIN GROUP (ORDER BY e.entity_text) AS text,
       mode() WITHIN GROUP (ORDER BY e.entity_type) AS type,
       count(DISTINCT e.review_id) AS reviews, array_agg(DISTINCT e.entity_text) AS spellings,
       array_agg(DISTINCT e.entity_type) AS types, coalesce(sum(e.sentiment), 0)::float8 AS sentiment,
       count(e.sentiment) AS with_sentiment, sum(e.salience)::float8 AS salience, count(*) AS rows
FROM public.review_entities AS e
WHERE e.tenant_id = %(tenant_id)s
  AND ((%(source)s::text IS NULL AND %(since)s::timestamptz IS NULL AND %(until)s::timestamptz IS NULL) OR EXISTS (
      SELECT FROM public.processed_reviews AS review
      WHERE review.review_id = e.review_id
        AND (%(source)s::text IS NULL OR review.source = %(source)s::text)
        AND (%(since)s::timestamptz IS NULL OR review.published_at >= %(since)s::timestamptz)
        AND (%(until)s::timestamptz IS NULL OR review.published_at < %(until)s::timestamptz)
  ))
GROUP BY e.entity_key
HAVING %(type)s::text IS NULL OR length(e.entity_key) <= 6
    OR mode() WITHIN GROUP (ORDER BY e.entity_type) = %(type)s::text
ORDER BY reviews DESC, text
LIMIT 2000
