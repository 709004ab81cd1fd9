SELECT tenant_id, count(*), sum(('x' || substr(md5(concat_ws('|',
    review_id, tenant_id, revision, source, platform, external_id, md5(coalesce(title, '')), md5(content),
    md5(coalesce(author_name, '')), coalesce(rating::text, ''),
    (extract(epoch FROM published_at) * 1000000)::bigint, coalesce(language, ''), coalesce(sentiment_label, ''),
    coalesce(sentiment_score::text, ''), coalesce(processing_version, ''), position,
    coalesce(sentiment_probability::text, ''), coalesce(jsonb_array_length(sentences), 0)
)), 1, 16))::bit(64)::bigint::numeric)
FROM {schema}.processed_reviews
GROUP BY tenant_id
