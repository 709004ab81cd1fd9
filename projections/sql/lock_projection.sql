SELECT pg_advisory_xact_lock(hashtextextended('reviewstream projection ' || %(name)s, 0))
