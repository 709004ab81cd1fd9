SELECT slot_name, active, coalesce(wal_status, 'lost') AS wal_status,
       coalesce(pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn), 0)::bigint AS retained_bytes, safe_wal_size
FROM pg_replication_slots WHERE slot_name = ANY(%(names)s) ORDER BY slot_name
