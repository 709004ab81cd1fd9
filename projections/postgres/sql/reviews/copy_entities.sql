COPY {schema}.review_entities (
    review_id, tenant_id, entity_text, entity_type, salience, sentiment, mentions, position
) FROM STDIN (FORMAT BINARY)
