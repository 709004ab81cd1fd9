SELECT coalesce(sum(received), 0)::bigint, coalesce(sum(accepted), 0)::bigint, coalesce(sum(revised), 0)::bigint,
       coalesce(sum(corrected), 0)::bigint, coalesce(sum(withdrawn), 0)::bigint,
       coalesce(sum(deduplicated), 0)::bigint, coalesce(sum(dead_lettered), 0)::bigint
FROM inbound_partitions
