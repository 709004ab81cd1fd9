UPDATE event_log_head SET position = position - %(count)s
