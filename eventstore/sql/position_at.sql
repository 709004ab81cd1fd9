-- The last position recorded at or before a time, without reading the log: positions have no gaps, and times grow with them
-- because each is taken under the head's lock, so halving finds it in one probe of the primary key a bit.
-- Where the server's clock was set back, several positions may fit; this is one whose next event is later than the time.
WITH RECURSIVE halving (low, high) AS (
    SELECT 0::bigint, position FROM event_log_head
    UNION ALL
    SELECT CASE WHEN middle.recorded_at <= %(time)s THEN middle.position ELSE low END,
           CASE WHEN middle.recorded_at <= %(time)s THEN high ELSE middle.position - 1 END
    FROM halving
    CROSS JOIN LATERAL (SELECT position, recorded_at FROM events WHERE position = (low + high + 1) / 2) AS middle
    WHERE low < high
)
SELECT low FROM halving WHERE low = high
