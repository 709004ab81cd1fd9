-- The state is asked without a lock: a version that is being filled is no one's to switch.
UPDATE projection_shards AS s SET position = %(to)s
FROM projections AS p
WHERE s.name = %(name)s AND s.version = %(version)s AND s.shard = %(shard)s AND s.position = %(position)s
  AND s.pending_to IS NULL AND (p.name, p.version, p.state) = (s.name, s.version, %(state)s)
