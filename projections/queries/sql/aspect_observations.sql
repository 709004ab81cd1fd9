-- Of each review the terms that it speaks of, among those of most reviews; of very many reviews a sample, by id, always the same.
WITH common AS (
    SELECT a.term
    FROM public.review_aspects AS a
    WHERE a.tenant_id = %(tenant_id)s
    GROUP BY a.term
    ORDER BY count(DISTINCT a.review_id) DESC, a.term
    LIMIT %(terms)s
)
SELECT review.source,
       to_char(review.published_at AT TIME ZONE 'UTC', 'YYYY-MM-01') AS month,
       coalesce(review.sentiment_label, 'undetermined') AS label,
       review.rating::float8 AS rating,
       ARRAY(
           SELECT DISTINCT a.term FROM public.review_aspects AS a JOIN common USING (term)
           WHERE a.review_id = review.review_id ORDER BY a.term
       ) AS about
FROM public.processed_reviews AS review
WHERE review.tenant_id = %(tenant_id)s
  AND review.processing_version IS NOT NULL
  AND (%(source)s::text = '' OR review.source = %(source)s::text)
  AND review.published_at >= %(since)s::date
  AND review.published_at < %(until)s::date + 1
ORDER BY review.review_id
LIMIT %(most)s
