-- What became of every inbound item. received = accepted + deduplicated + dead_lettered holds in every row by a check.
CREATE TABLE IF NOT EXISTS inbound_partitions (
    topic text NOT NULL,
    partition integer NOT NULL,
    next_offset bigint NOT NULL DEFAULT 0,
    received bigint NOT NULL DEFAULT 0,
    accepted bigint NOT NULL DEFAULT 0,
    deduplicated bigint NOT NULL DEFAULT 0,
    dead_lettered bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (topic, partition),
    CHECK (received = accepted + deduplicated + dead_lettered)
);

CREATE TABLE IF NOT EXISTS inbound_runs (
    run_id text PRIMARY KEY,
    received bigint NOT NULL DEFAULT 0,
    accepted bigint NOT NULL DEFAULT 0,
    deduplicated bigint NOT NULL DEFAULT 0,
    dead_lettered bigint NOT NULL DEFAULT 0,
    started_at timestamptz NOT NULL DEFAULT now(),
    CHECK (received = accepted + deduplicated + dead_lettered)
);

CREATE TABLE IF NOT EXISTS inbound_rejections (
    run_id text NOT NULL,
    line bigint NOT NULL,
    reason text NOT NULL,
    field text NOT NULL,
    error text NOT NULL,
    PRIMARY KEY (run_id, line)
);
