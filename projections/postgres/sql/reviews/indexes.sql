CREATE INDEX idx_reviews_tenant_date ON {schema}.processed_reviews (tenant_id, processed_at);
CREATE INDEX idx_reviews_published ON {schema}.processed_reviews (tenant_id, published_at, review_id);
CREATE INDEX idx_reviews_source ON {schema}.processed_reviews (tenant_id, source, published_at, review_id);
CREATE INDEX idx_reviews_label ON {schema}.processed_reviews (tenant_id, sentiment_label, published_at, review_id);
CREATE INDEX idx_entities_type ON {schema}.review_entities (entity_type, sentiment);
CREATE INDEX idx_entities_tenant_text ON {schema}.review_entities (tenant_id, lower(entity_text), entity_type)
    INCLUDE (salience, sentiment, review_id);
CREATE INDEX idx_keywords_tenant ON {schema}.review_keywords (tenant_id, keyword) INCLUDE (relevance);
CREATE INDEX idx_aspects_tenant ON {schema}.review_aspects (tenant_id, term) INCLUDE (label, review_id);
