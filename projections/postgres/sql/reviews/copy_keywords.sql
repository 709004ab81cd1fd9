COPY {schema}.review_keywords (review_id, tenant_id, keyword, relevance, mentions, position)
FROM STDIN (FORMAT BINARY)
