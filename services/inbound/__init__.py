"""The inbound ledger: how many items came in, and what became of each, counted once however often Kafka repeats.
Its tables stand in the event store's database, because accepting and counting are one transaction.
"""
