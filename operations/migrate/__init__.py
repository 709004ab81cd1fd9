"""Bringing every store to what this release wants: one file a kind of store, each of which can look and can bring up.
Looking changes nothing; bringing up only adds, and may be repeated. `operations.migrate.run` puts them together.
"""
