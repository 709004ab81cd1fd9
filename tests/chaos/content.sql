-- One line a review: what it says and what was found in it, without what differs between two tenants (ids, places, times).
SELECT md5(string_agg(line, E'\n' ORDER BY line)), count(*)
FROM (
    SELECT concat_ws('|', external_id, revision, source, platform, title, content, author_name, rating, published_at,
        language, language_confidence, sentiment_score, sentiment_label, sentiment_positive, sentiment_neutral,
        sentiment_negative, evidence, processing_version,
        (SELECT jsonb_agg(to_jsonb(e) - '{{review_id,tenant_id,position}}'::text[] ORDER BY e.entity_text, e.entity_type)
         FROM {schema}.review_entities AS e WHERE e.review_id = r.review_id),
        (SELECT jsonb_agg(to_jsonb(k) - '{{review_id,tenant_id,position}}'::text[] ORDER BY k.keyword)
         FROM {schema}.review_keywords AS k WHERE k.review_id = r.review_id),
        (SELECT jsonb_agg(to_jsonb(a) - '{{review_id,tenant_id,position}}'::text[] ORDER BY a.spans, a.term)
         FROM {schema}.review_aspects AS a WHERE a.review_id = r.review_id)) AS line
    FROM {schema}.processed_reviews AS r
    WHERE tenant_id = %(tenant)s
) AS lines
