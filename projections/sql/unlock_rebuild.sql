SELECT pg_advisory_unlock(hashtextextended('reviewstream rebuild ' || %(name)s, 0))
