SELECT sum(total_rows) FROM system.tables WHERE match(database, '^${database}_v[0-9]+$$')
