-- What identifies our topics, and the table of dead letters. One that is another by now lost what it held.
CREATE TABLE IF NOT EXISTS known_stores (
    store    text PRIMARY KEY,
    identity text        NOT NULL,
    since    timestamptz NOT NULL DEFAULT now()
);
