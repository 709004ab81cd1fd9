-- version, event_id and correlation_id are those of the event that starts the next step, for starting it once more.
-- A new column comes last: the stable view can be replaced in place only by one that begins with the same columns.
CREATE TABLE {schema}.saga_progress (
    review_id      uuid PRIMARY KEY,
    tenant_id      uuid        NOT NULL,
    next_step      text        NOT NULL CHECK (next_step ~ '^[a-z][a-z0-9_]*$'),
    revision       integer     NOT NULL,
    since          timestamptz NOT NULL,
    last_position  bigint      NOT NULL,
    attempts       integer     NOT NULL,
    not_before     timestamptz,
    version        integer     NOT NULL,
    event_id       uuid        NOT NULL,
    correlation_id uuid
) WITH (fillfactor = 70);
