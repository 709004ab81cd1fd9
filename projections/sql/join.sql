-- All shards stand at one position: from here on the version moves as a whole.
WITH joined AS (
    DELETE FROM projection_shards WHERE name = %(name)s AND version = %(version)s
    RETURNING position, pending_to
)
UPDATE projections SET position = %(to)s
WHERE name = %(name)s AND version = %(version)s AND state = 'building'
  AND NOT EXISTS (SELECT FROM joined WHERE position <> %(to)s OR pending_to IS NOT NULL)
