"""Tenants: who may send reviews and whose reviews they are; their settings, with the notification rule.
Its database is its own; others ask through this service and cache the answer.
"""
