-- Whose builder lives. Asked of the lock table: to try the lock itself would turn a builder away that starts just then.
SELECT name
FROM unnest(%(names)s::text[]) AS asked (name)
WHERE EXISTS (
    SELECT FROM pg_locks
    WHERE locktype = 'advisory' AND granted AND objsubid = 1
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
      AND (classid::bigint << 32 | objid::bigint) = hashtextextended('reviewstream builder ' || name, 0)
)
