-- The expression is the index's, word for word: idx_reviews_words in postgres/sql/reviews/indexes.sql.
SELECT review_id, ts_rank_cd(to_tsvector('simple', left(coalesce(title, '') || ' ' || content, 100000)), words)::float8 AS score
FROM public.processed_reviews, websearch_to_tsquery('simple', %(text)s) AS words
WHERE tenant_id = %(tenant_id)s
  AND to_tsvector('simple', left(coalesce(title, '') || ' ' || content, 100000)) @@ words
  AND (%(source)s::text IS NULL OR source = %(source)s::text)
  AND (%(label)s::text IS NULL OR sentiment_label = %(label)s::text)
  AND (%(language)s::text IS NULL OR language = %(language)s::text)
  AND (%(since)s::timestamptz IS NULL OR published_at >= %(since)s::timestamptz)
  AND (%(until)s::timestamptz IS NULL OR published_at < %(until)s::timestamptz)
ORDER BY score DESC, published_at DESC, review_id
LIMIT %(limit)s
