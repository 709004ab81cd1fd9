-- Streams that a publisher could not publish from `position` on; it goes on without them until they are taken back.
CREATE TABLE IF NOT EXISTS streams_aside (
    name text NOT NULL,
    stream_id uuid NOT NULL,
    tenant_id uuid NOT NULL,
    position bigint NOT NULL,
    topic text NOT NULL,
    error text NOT NULL,
    aside_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (name, stream_id)
);
