DELETE FROM parked_streams
WHERE name = %(name)s AND version = %(version)s AND stream_id = ANY (%(streams)s::uuid[])
