CREATE TABLE {schema}.failures (
    position    bigint PRIMARY KEY,
    review_id   uuid        NOT NULL,
    tenant_id   uuid        NOT NULL,
    kind        text        NOT NULL CHECK (kind IN ('failed', 'retry', 'abandoned', 'given_up')),
    revision    integer     NOT NULL,
    step        text        NOT NULL,
    attempt     integer     NOT NULL,
    error_type  text,
    error       text,
    not_before  timestamptz,
    occurred_at timestamptz NOT NULL
);
CREATE INDEX idx_failures_review ON {schema}.failures (review_id);
