UPDATE projections
SET state = %(state)s, switched_at = CASE WHEN %(state)s = 'live' THEN clock_timestamp() ELSE switched_at END
WHERE name = %(name)s AND version = %(version)s
RETURNING *
