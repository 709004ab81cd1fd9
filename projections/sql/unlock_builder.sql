SELECT pg_advisory_unlock(hashtextextended('reviewstream builder ' || %(name)s, 0))
