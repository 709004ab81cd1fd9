-- Held by the session, so that a process that dies lets go of it.
SELECT pg_advisory_lock(hashtextextended(%(lock)s, 0))
