-- How far a follower of another store's changes has come: what it told up to this token is in the inbound topic.
CREATE TABLE IF NOT EXISTS resume_tokens (
    name text PRIMARY KEY,
    token jsonb NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
