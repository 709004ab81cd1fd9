"""Strongly consistent services, each with a database of its own: tenancy, the inbound ledger, notification rules.
May import the event store and below. No stream processing here.
"""
