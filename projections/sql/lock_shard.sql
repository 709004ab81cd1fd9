-- Of a session: a process that outlives its rebuild for a moment is waited for.
SELECT pg_advisory_lock(hashtextextended('reviewstream shard ' || %(name)s || %(version)s || ' ' || %(shard)s, 0))
