"""What the tailer sends to Kafka from the event log: step topics, public topics, history for third parties.
No read models: those are projections.
"""
