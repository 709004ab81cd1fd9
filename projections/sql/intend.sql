UPDATE projections SET pending_to = %(to)s
WHERE name = %(name)s AND version = %(version)s AND state = %(state)s AND position = %(position)s
  AND pending_to IS NULL
