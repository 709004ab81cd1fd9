DELETE FROM streams_aside WHERE name = %(name)s AND stream_id = %(stream_id)s
