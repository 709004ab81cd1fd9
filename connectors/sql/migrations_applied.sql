-- The table is yoyo's own.
SELECT migration_id FROM _yoyo_migration ORDER BY applied_at_utc, migration_id
