-- One index probe per stream; streams without events give no row.
SELECT asked.stream_id, newest.originator_version
FROM unnest(%(streams)b::uuid[]) AS asked (stream_id)
CROSS JOIN LATERAL (
    SELECT originator_version FROM events
    WHERE originator_id = asked.stream_id
    ORDER BY originator_version DESC
    LIMIT 1
) AS newest
