CREATE INDEX idx_reviews_tenant_date ON {schema}.processed_reviews (tenant_id, processed_at);
CREATE INDEX idx_reviews_published ON {schema}.processed_reviews (tenant_id, published_at, review_id);
CREATE INDEX idx_reviews_source ON {schema}.processed_reviews (tenant_id, source, published_at, review_id);
CREATE INDEX idx_reviews_label ON {schema}.processed_reviews (tenant_id, sentiment_label, published_at, review_id);
-- The cut keeps every text below what a tsvector may hold; queries/sql/full_text.sql has the same expression.
CREATE INDEX idx_reviews_words ON {schema}.processed_reviews
    USING gin (to_tsvector('simple', left(coalesce(title, '') || ' ' || content, 100000)));
CREATE INDEX idx_entities_type ON {schema}.review_entities (entity_type, sentiment);
CREATE INDEX idx_entities_tenant_key ON {schema}.review_entities (tenant_id, entity_key, review_id)
    INCLUDE (entity_text, entity_type, salience, sentiment);
CREATE INDEX idx_keywords_tenant ON {schema}.review_keywords (tenant_id, keyword) INCLUDE (relevance);
CREATE INDEX idx_aspects_tenant ON {schema}.review_aspects (tenant_id, term) INCLUDE (label, review_id);
