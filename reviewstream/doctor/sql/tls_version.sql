-- Of this very connection; NULL where it is in the clear.
SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid()
