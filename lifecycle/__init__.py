"""Retention, archive, backup, erasure: what happens to data after it was useful.
May import services and below.
"""
