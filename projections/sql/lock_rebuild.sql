SELECT pg_try_advisory_lock(hashtextextended('reviewstream rebuild ' || %(name)s, 0))
