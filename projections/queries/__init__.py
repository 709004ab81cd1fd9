"""Questions to the read models: typed answers, SQL in .sql files, every one bound to a tenant unless it is about operations.
May import projections only; writes nothing.
"""
