SELECT tenant_id, count(*), sum(('x' || substr(md5(concat_ws('|',
    review_id, keyword, relevance, jsonb_array_length(mentions), position
)), 1, 16))::bit(64)::bigint::numeric)
FROM {schema}.review_keywords
GROUP BY tenant_id
