-- The last position recorded at or before a time, without reading the log: positions have no gaps, and times grow with them
-- because each is taken under the head's lock, so halving finds it in one probe of the primary key a bit.
-- Where the server's clock was set back, several positions may fit; this is one whose next event is later than the time.
-- The probe is a scalar subquery because the planner, which expects thousands of rows here, would hash the log for a join.
WITH RECURSIVE halving (low, high) AS (
    SELECT 0::bigint, position FROM event_log_head
    UNION ALL
    SELECT CASE WHEN early THEN middle ELSE low END, CASE WHEN early THEN high ELSE middle - 1 END
    FROM (
        SELECT low, high, middle, (SELECT recorded_at <= %(time)s FROM events WHERE position = middle) AS early
        FROM (SELECT low, high, (low + high + 1) / 2 AS middle FROM halving WHERE low < high) AS unknown
        OFFSET 0 -- or the subquery would run for each use of its answer
    ) AS probe
)
SELECT low FROM halving WHERE low = high
