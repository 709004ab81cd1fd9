"""ClickHouse's native TCP protocol in front of ClickHouse's own engine (chDB), for clickhouse-driver unmodified.
One process owns one data directory. Knows the protocol and the engine; nothing of reviews or tenants.
"""
