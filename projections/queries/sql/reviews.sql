-- One row more than the page tells whether another page follows.
SELECT review_id, source, platform, external_id, revision, title, content, author_name, rating::float8 AS rating,
       published_at, language, sentiment_label, sentiment_score::float8 AS sentiment_score, processed_at,
       processing_version
FROM public.processed_reviews AS review
WHERE tenant_id = %(tenant_id)s
  AND (%(source)s::text IS NULL OR source = %(source)s::text)
  AND (cardinality(%(labels)s::text[]) = 0 OR sentiment_label = ANY (%(labels)s::text[]))
  AND (%(language)s::text IS NULL OR language = %(language)s::text)
  AND (%(min_rating)s::numeric IS NULL OR rating >= %(min_rating)s::numeric)
  AND (%(max_rating)s::numeric IS NULL OR rating <= %(max_rating)s::numeric)
  AND (%(since)s::timestamptz IS NULL OR published_at >= %(since)s::timestamptz)
  AND (%(until)s::timestamptz IS NULL OR published_at < %(until)s::timestamptz)
  AND (%(entity_keys)s::text[] IS NULL OR EXISTS (
      SELECT FROM public.review_entities AS entity
      WHERE entity.review_id = review.review_id AND entity.tenant_id = %(tenant_id)s
        AND entity.entity_key = ANY (%(entity_keys)s::text[])
  ))
  AND (%(topic)s::text IS NULL OR EXISTS (
      SELECT FROM public.review_topics AS topic
      WHERE topic.review_id = review.review_id AND topic.tenant_id = %(tenant_id)s AND topic.topic_id = %(topic)s::text
  ))
  AND (%(before)s::timestamptz IS NULL
       OR (published_at, review_id) < (%(before)s::timestamptz, %(before_id)s::uuid))
ORDER BY published_at DESC, review_id DESC
LIMIT %(limit)s
