INSERT INTO inbound_runs AS r (
    run_id, received, accepted, revised, corrected, withdrawn, deduplicated, dead_lettered
)
VALUES (
    %(run_id)s, %(received)s, %(accepted)s, %(revised)s, %(corrected)s, %(withdrawn)s, %(deduplicated)s, %(dead_lettered)s
)
ON CONFLICT (run_id) DO UPDATE SET
    received = r.received + excluded.received,
    accepted = r.accepted + excluded.accepted,
    revised = r.revised + excluded.revised,
    corrected = r.corrected + excluded.corrected,
    withdrawn = r.withdrawn + excluded.withdrawn,
    deduplicated = r.deduplicated + excluded.deduplicated,
    dead_lettered = r.dead_lettered + excluded.dead_lettered
