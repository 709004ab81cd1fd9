SELECT stream_id, position, release_to FROM parked_streams WHERE name = %(name)s AND version = %(version)s
