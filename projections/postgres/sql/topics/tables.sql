-- review_id is the stream, as in every read model; here the stream is the tenant's topic model.
CREATE TABLE {schema}.topics (
    topic_id    text          NOT NULL,
    tenant_id   uuid          NOT NULL,
    review_id   uuid          NOT NULL,
    name        text          NOT NULL,
    keywords    text[]        NOT NULL,
    size        integer       NOT NULL,
    coherence   numeric(5, 4) NOT NULL,
    stability   numeric(5, 4) NOT NULL,
    hidden      boolean       NOT NULL,
    pinned      boolean       NOT NULL,
    split       boolean       NOT NULL,
    merged_into text,
    parent      text,
    examples    text[]        NOT NULL,
    version     integer       NOT NULL,
    position    bigint        NOT NULL,
    PRIMARY KEY (review_id, topic_id)
);
