-- The event log: one append-only table and the one-row head that hands out its positions.
-- docs/adr/001-gapless-positions.md says why positions come from a locked row and not from a sequence.
-- Every statement may be repeated: a process that dies after applying and before recording does no harm.

CREATE TABLE IF NOT EXISTS events (
    position bigint PRIMARY KEY CHECK (position > 0),
    tenant_id uuid NOT NULL,
    originator_id uuid NOT NULL,
    originator_version bigint NOT NULL CHECK (originator_version >= 0),
    topic text NOT NULL,
    state bytea NOT NULL,
    event_id uuid NOT NULL,
    causation_id uuid,
    correlation_id uuid,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    UNIQUE (originator_id, originator_version)
);

CREATE TABLE IF NOT EXISTS event_log_head (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    position bigint NOT NULL
);

INSERT INTO event_log_head (position) VALUES (0) ON CONFLICT DO NOTHING;

CREATE OR REPLACE FUNCTION refuse_to_rewrite_history() RETURNS trigger LANGUAGE plpgsql AS
$$
BEGIN
    RAISE EXCEPTION 'table % is append-only: % is refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'insufficient_privilege',
              HINT = 'append a new event that corrects the old one; erase personal data by destroying its key';
END
$$;

-- Per statement, so that even a statement that would touch no row is refused.
CREATE OR REPLACE TRIGGER events_are_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_rewrite_history();

CREATE OR REPLACE TRIGGER head_is_never_removed
    BEFORE DELETE OR TRUNCATE ON event_log_head
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_rewrite_history();
