-- Of a session: it ends with a builder that dies, so whoever asks knows whether one lives.
SELECT pg_try_advisory_lock(hashtextextended('reviewstream builder ' || %(name)s, 0))
