"""The status of an installation: the report as data, and what reads it from the log, the read models and Kafka.
Which processes run is asked of their supervisor; nothing is rendered here.
"""
