"""Append, read and tail the event log on PostgreSQL; mapping events to stored bytes.
May import connectors and below. Nothing here knows about reviews.
"""
