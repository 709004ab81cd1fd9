-- Whoever holds this row keeps the live worker from moving on until the transaction ends.
SELECT * FROM projections WHERE name = %(name)s AND state = 'live' FOR UPDATE
