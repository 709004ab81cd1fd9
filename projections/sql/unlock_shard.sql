SELECT pg_advisory_unlock(hashtextextended('reviewstream shard ' || %(name)s || %(version)s || ' ' || %(shard)s, 0))
