SELECT pg_total_relation_size('events'), (SELECT position FROM event_log_head)
