"""Migrating every store to what this release needs: one file for each kind of store, which can inspect and apply.
Inspecting changes nothing; applying only adds, and may be repeated. `operations.migrate.run` runs them in order.
"""
