"""Dead letters in the stream: produced to their topic, stored for operators, replayed, retried.
The stored dead letters are in services/dead_letters.
"""
