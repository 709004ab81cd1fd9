"""One file per external system: building clients and classifying errors, no domain decisions.
May import aggregates and schemas. No connection is opened at import time.
"""
