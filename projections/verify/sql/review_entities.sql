SELECT tenant_id, count(*), sum(('x' || substr(md5(concat_ws('|',
    review_id, entity_text, entity_type, entity_key, salience, coalesce(sentiment::text, ''), jsonb_array_length(mentions), position
)), 1, 16))::bit(64)::bigint::numeric)
FROM {schema}.review_entities
GROUP BY tenant_id
