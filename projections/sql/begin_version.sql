INSERT INTO projections (name, version, state, shape, filter)
SELECT %(name)s, coalesce(max(version), 0) + 1, %(state)s, %(shape)s, %(filter)s
FROM projections
WHERE name = %(name)s
RETURNING *
