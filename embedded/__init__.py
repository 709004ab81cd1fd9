"""Real servers as child processes under one data directory: PostgreSQL, Kafka, SecantusDB, ClickHouse, Valkey.
Fills in the URL settings that production points at real clusters; no other code knows which of the two it talks to.
No domain code and no clients of ours live here: each server is pinged with its plain driver.
"""
