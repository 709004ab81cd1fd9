-- Numbers are rounded by their column types; the results are null until they are known.
INSERT INTO {schema}.processed_reviews AS old (
    review_id, tenant_id, source, platform, external_id, revision, title, content, author_name, rating, published_at,
    language, language_confidence, sentiment_score, sentiment_label, sentiment_positive, sentiment_neutral,
    sentiment_negative, evidence, analyzers, processed_at, processing_version, position, sentiment_probability, sentences
)
SELECT
    review_id, tenant_id, source, platform, external_id, revision, title, content, author_name, rating, published_at,
    language, language_confidence, sentiment_score, sentiment_label, sentiment_positive, sentiment_neutral,
    sentiment_negative, evidence, analyzers, processed_at, processing_version, position, sentiment_probability, sentences
FROM json_to_recordset(%(reviews)s::json) AS new (
    review_id uuid, tenant_id uuid, source text, platform text, external_id text, revision integer, title text,
    content text, author_name text, rating numeric, published_at timestamptz, language text,
    language_confidence numeric, sentiment_score numeric, sentiment_label text, sentiment_positive numeric,
    sentiment_neutral numeric, sentiment_negative numeric, evidence jsonb, analyzers jsonb, processed_at timestamptz,
    processing_version text, position bigint, sentiment_probability numeric, sentences jsonb
)
ON CONFLICT (review_id) DO UPDATE SET
    source = excluded.source, platform = excluded.platform, external_id = excluded.external_id,
    revision = excluded.revision, title = excluded.title, content = excluded.content,
    author_name = excluded.author_name, rating = excluded.rating, published_at = excluded.published_at,
    language = excluded.language, language_confidence = excluded.language_confidence,
    sentiment_score = excluded.sentiment_score, sentiment_label = excluded.sentiment_label,
    sentiment_positive = excluded.sentiment_positive, sentiment_neutral = excluded.sentiment_neutral,
    sentiment_negative = excluded.sentiment_negative, evidence = excluded.evidence, analyzers = excluded.analyzers,
    processed_at = excluded.processed_at, processing_version = excluded.processing_version,
    position = excluded.position, sentiment_probability = excluded.sentiment_probability,
    sentences = excluded.sentences
