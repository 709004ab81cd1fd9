UPDATE parked_streams SET release_to = %(position)s
WHERE name = %(name)s AND version = %(version)s AND stream_id = %(stream_id)s
