"""One file per external system: building clients and classifying errors; and what is done with any of them: retry, wait,
isolate a bad item. No domain decisions.
May import aggregates and schemas. No connection is opened at import time.
"""
