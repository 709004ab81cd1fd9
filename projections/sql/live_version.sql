SELECT * FROM projections WHERE name = %(name)s AND state = 'live'
