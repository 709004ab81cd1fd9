"""Analytics in ClickHouse: facts by replacement, rollups by signed deltas, a database for each version.
Positions and pending ranges are in the registry in PostgreSQL.
"""
