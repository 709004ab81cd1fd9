-- Dead letters as operators work with them. `payload` is personal data: it is never logged and shown only when asked for.
CREATE TABLE IF NOT EXISTS dead_letters (
    dead_letter_id uuid PRIMARY KEY,
    tenant text,
    stage text NOT NULL,
    reason text NOT NULL,
    field text NOT NULL,
    error text NOT NULL,
    origin_topic text NOT NULL,
    origin_partition integer NOT NULL,
    origin_offset bigint NOT NULL,
    origin_item integer NOT NULL,
    review_id text,
    run_id text,
    line bigint,
    replay_of text,
    headers jsonb NOT NULL,
    payload bytea NOT NULL,
    dead_lettered_at timestamptz NOT NULL,
    kept_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'replayed', 'discarded')),
    changed_at timestamptz,
    CHECK ((state = 'open') = (changed_at IS NULL))
);

CREATE INDEX IF NOT EXISTS dead_letters_by_state ON dead_letters (state, dead_lettered_at, dead_letter_id);
CREATE INDEX IF NOT EXISTS dead_letters_by_review ON dead_letters (review_id) WHERE review_id IS NOT NULL;
CREATE INDEX IF NOT EXISTS dead_letters_by_run ON dead_letters (run_id) WHERE run_id IS NOT NULL;

-- Who did what, when. A letter's row comes in the transaction that changes the letter; `subject` names what is no letter.
CREATE TABLE IF NOT EXISTS dead_letter_audit (
    entry bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    dead_letter_id uuid REFERENCES dead_letters,
    subject text NOT NULL DEFAULT '',
    action text NOT NULL,
    actor text NOT NULL,
    detail text NOT NULL DEFAULT '',
    at timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE INDEX IF NOT EXISTS dead_letter_audit_by_letter ON dead_letter_audit (dead_letter_id, entry);
