SELECT DISTINCT database FROM pg_replication_slots WHERE database IS NOT NULL
