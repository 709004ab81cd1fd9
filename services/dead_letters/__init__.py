"""Stored dead letters: a table that operators list, replay and discard from, and an audit of their actions.
Its tables are in the read models' database. May import connectors and below; nothing here logs a payload.
"""
