"""CQRS read models: the runner, one file per projector, rebuild, verify, and the queries on them.
May import services and below. The only writer of read models.
"""
