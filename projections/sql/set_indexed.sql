UPDATE projections SET indexed = true
WHERE name = %(name)s AND version = %(version)s
RETURNING *
