UPDATE projections SET paused = %(paused)s
WHERE name = %(name)s AND state = 'building'
RETURNING *
