SELECT state, count(*), coalesce(sum(octet_length(payload)), 0)::bigint FROM dead_letters GROUP BY state ORDER BY state
