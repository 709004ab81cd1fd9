"""Queries on the read models: typed results, SQL in .sql files, bound to a tenant unless they are about operations.
May import projections only; writes nothing.
"""
