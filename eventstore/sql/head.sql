SELECT position FROM event_log_head
