CREATE TABLE {schema}.review_topics (
    review_id  uuid          NOT NULL,
    tenant_id  uuid          NOT NULL,
    topic_id   text          NOT NULL CHECK (length(topic_id) <= 400),
    confidence numeric(5, 4) NOT NULL CHECK (confidence BETWEEN 0 AND 1),
    position   bigint        NOT NULL,
    PRIMARY KEY (review_id, topic_id)
);
