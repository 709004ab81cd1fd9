-- How far each subscriber that keeps no transaction of its own (the publishers) has come.
CREATE TABLE IF NOT EXISTS subscriptions (
    name text PRIMARY KEY,
    position bigint NOT NULL CHECK (position >= 0),
    updated_at timestamptz NOT NULL DEFAULT now()
);
