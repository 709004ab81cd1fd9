SELECT stream_id, position FROM parked_streams WHERE name = %(name)s AND version = %(version)s
