COPY {schema}.processed_reviews (
    review_id, tenant_id, source, platform, external_id, revision, title, content, author_name, rating, published_at,
    language, language_confidence, sentiment_score, sentiment_label, sentiment_positive, sentiment_neutral,
    sentiment_negative, evidence, analyzers, processed_at, processing_version, position
) FROM STDIN (FORMAT BINARY)
