SELECT tenant_id::text, topic_id, count(*)::bigint, (sum(confidence) * 10000)::bigint
FROM {schema}.review_topics
GROUP BY tenant_id, topic_id
