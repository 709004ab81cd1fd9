CREATE TABLE {schema}.saga_progress (
    review_id     uuid PRIMARY KEY,
    tenant_id     uuid        NOT NULL,
    next_step     text        NOT NULL
        CHECK (next_step IN ('store', 'nlp', 'analytics', 'notify', 'done', 'failed', 'abandoned')),
    revision      integer     NOT NULL,
    since         timestamptz NOT NULL,
    last_position bigint      NOT NULL,
    attempts      integer     NOT NULL
) WITH (fillfactor = 70);
