-- Spans count characters of the text as it is analysed: the title on a line of its own, and the content.
SELECT a.review_id, review.source, review.published_at, a.text, a.label, a.probability::float8 AS probability,
       substring(
           concat(nullif(review.title, '') || E'\n', review.content)
           FROM (a.spans #>> '{clause,start}')::integer + 1
           FOR (a.spans #>> '{clause,end}')::integer - (a.spans #>> '{clause,start}')::integer
       ) AS clause
FROM public.review_aspects AS a
JOIN public.processed_reviews AS review ON review.review_id = a.review_id
WHERE a.tenant_id = %(tenant_id)s AND a.term = %(term)s::text
  AND (%(label)s::text IS NULL OR a.label = %(label)s::text)
  AND (%(source)s::text IS NULL OR review.source = %(source)s::text)
  AND (%(since)s::timestamptz IS NULL OR review.published_at >= %(since)s::timestamptz)
  AND (%(until)s::timestamptz IS NULL OR review.published_at < %(until)s::timestamptz)
ORDER BY review.published_at DESC, a.review_id, (a.spans #>> '{at,start}')::integer
LIMIT %(limit)s
