"""Tenants, who own reviews and may send them; their settings, with the notification rule.
It has its own database; others query this service and cache the answer.
"""
