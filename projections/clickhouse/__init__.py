"""Analytics in ClickHouse: facts by replacement, rollups by signed deltas, a database for each version.
Positions and intents stand in the registry in PostgreSQL.
"""
