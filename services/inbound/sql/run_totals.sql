SELECT received, accepted, revised, corrected, withdrawn, deduplicated, dead_lettered
FROM inbound_runs WHERE run_id = %(run_id)s
