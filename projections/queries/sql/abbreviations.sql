-- Offsets of a definition lie two apart: "British Airways (BA)". Letters are compared by the caller; one here, to keep pairs few.
SELECT short.entity_key AS short, long.entity_key AS long, count(DISTINCT short.review_id) AS together,
       count(DISTINCT short.review_id) FILTER (
           WHERE (%(source)s::text IS NULL OR review.source = %(source)s::text)
             AND (%(since)s::timestamptz IS NULL OR review.published_at >= %(since)s::timestamptz)
             AND (%(until)s::timestamptz IS NULL OR review.published_at < %(until)s::timestamptz)
       ) AS overlapping,
       bool_or(EXISTS (
           SELECT FROM jsonb_array_elements(long.mentions) AS whole, jsonb_array_elements(short.mentions) AS letters
           WHERE (letters ->> 'start')::integer - (whole ->> 'end')::integer = 2
       )) AS defined
FROM public.review_entities AS short
JOIN public.processed_reviews AS review ON review.review_id = short.review_id
JOIN public.review_entities AS long ON long.review_id = short.review_id
WHERE short.tenant_id = %(tenant_id)s AND short.entity_key = ANY (%(shorts)s::text[])
  AND short.entity_text = upper(short.entity_text)
  AND long.entity_key LIKE '%% %%' AND left(long.entity_key, 1) = left(short.entity_key, 1)
GROUP BY short.entity_key, long.entity_key
ORDER BY together DESC, long
LIMIT 2000
