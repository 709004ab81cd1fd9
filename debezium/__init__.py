"""Debezium's connectors: one JSON template each, the tables and columns they may see, and their registration with Connect.
What belongs to a connector lives here: its template, its publication and slot, its topics, Connect's REST interface.
No business rule, no consumer of what is captured, and nothing that publishes events itself may live here.
"""
