"""What became of dead letters: a table that operators list, replay and discard from, and the record of who did what.
Its tables stand in the read models' database. May import connectors and below; nothing here logs a payload.
"""
