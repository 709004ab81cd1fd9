-- What filling needs; everything else that reading needs comes with indexes.sql, after the bulk. A new column comes last.
CREATE TABLE {schema}.processed_reviews (
    review_id           uuid PRIMARY KEY,
    tenant_id           uuid          NOT NULL,
    source              text          NOT NULL,
    platform            text          NOT NULL,
    external_id         text          NOT NULL,
    revision            integer       NOT NULL,
    title               text,
    content             text          NOT NULL,
    author_name         text,
    rating              numeric(3, 2) CHECK (rating <> 'NaN'),
    published_at        timestamptz   NOT NULL,
    language            text,
    language_confidence numeric(5, 4),
    sentiment_score     numeric(3, 2) CHECK (sentiment_score BETWEEN -1 AND 1),
    sentiment_label     text,
    sentiment_positive  numeric(5, 4),
    sentiment_neutral   numeric(5, 4),
    sentiment_negative  numeric(5, 4),
    evidence            jsonb,
    analyzers           jsonb,
    processed_at        timestamptz,
    processing_version  text,
    position            bigint        NOT NULL,
    sentiment_probability numeric(5, 4) CHECK (sentiment_probability BETWEEN 0 AND 1),
    sentences           jsonb
);

CREATE TABLE {schema}.review_entities (
    review_id   uuid          NOT NULL,
    tenant_id   uuid          NOT NULL,
    entity_text text          NOT NULL CHECK (length(entity_text) <= 400), -- or no index could hold it
    entity_type text          NOT NULL,
    entity_key  text          NOT NULL CHECK (length(entity_key) <= 400), -- nlp.name_key: joins spellings
    salience    numeric(3, 2) NOT NULL,
    sentiment   numeric(3, 2),
    mentions    jsonb         NOT NULL,
    position    bigint        NOT NULL
);
CREATE INDEX idx_entities_review ON {schema}.review_entities (review_id);

CREATE TABLE {schema}.review_keywords (
    review_id uuid          NOT NULL,
    tenant_id uuid          NOT NULL,
    keyword   text          NOT NULL CHECK (length(keyword) <= 400),
    relevance numeric(5, 4) NOT NULL,
    mentions  jsonb         NOT NULL,
    position  bigint        NOT NULL
);
CREATE INDEX idx_keywords_review ON {schema}.review_keywords (review_id);

CREATE TABLE {schema}.review_aspects (
    review_id   uuid   NOT NULL,
    tenant_id   uuid   NOT NULL,
    term        text   NOT NULL CHECK (length(term) <= 400),
    text        text   NOT NULL,
    label       text   NOT NULL,
    probability numeric(5, 4) CHECK (probability BETWEEN 0 AND 1),
    spans       jsonb  NOT NULL, -- of the term ("at") and of the clause that judges it
    position    bigint NOT NULL
);
CREATE INDEX idx_aspects_review ON {schema}.review_aspects (review_id);
