"""Looks for alarms in the daily numbers and records what it decides; run by an operator and, now and then, by a worker."""
