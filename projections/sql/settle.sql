-- Without the state: a switch may have come between, and the old version must stay true to its own position.
UPDATE projections SET position = pending_to, pending_to = NULL
WHERE name = %(name)s AND version = %(version)s AND position = %(position)s AND pending_to = %(to)s
