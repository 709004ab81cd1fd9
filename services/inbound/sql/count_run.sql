INSERT INTO inbound_runs AS r (run_id, received, accepted, deduplicated, dead_lettered)
VALUES (%(run_id)s, %(received)s, %(accepted)s, %(deduplicated)s, %(dead_lettered)s)
ON CONFLICT (run_id) DO UPDATE SET
    received = r.received + excluded.received,
    accepted = r.accepted + excluded.accepted,
    deduplicated = r.deduplicated + excluded.deduplicated,
    dead_lettered = r.dead_lettered + excluded.dead_lettered
