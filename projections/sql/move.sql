-- The guard against a second writer and against writing into a version that was switched away.
UPDATE projections SET position = %(to)s
WHERE name = %(name)s AND version = %(version)s AND state = %(state)s AND position = %(position)s
  AND pending_to IS NULL
