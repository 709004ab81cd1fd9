"""The inbound ledger: how many items came in, with what outcome, counted once however often Kafka redelivers.
Its tables are in the event store's database, because accepting and counting are one transaction.
"""
