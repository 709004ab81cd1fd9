SELECT tenant_id, count(*), sum(('x' || substr(md5(concat_ws('|',
    review_id, topic_id, confidence, position
)), 1, 16))::bit(64)::bigint::numeric)
FROM {schema}.review_topics
GROUP BY tenant_id
