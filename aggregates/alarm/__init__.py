"""Alarms: one stream for each watched series, so that the log itself refuses a second open alarm."""
