SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0)
FROM pg_class AS c
WHERE c.relnamespace = to_regnamespace(%(schema)s) AND c.relkind = 'r'
