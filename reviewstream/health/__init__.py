"""Watches a worker from inside: pings of the servers it relies on, a watchdog, and an HTTP endpoint that reports."""
