"""Dead letters on their way: produced to their topic, kept for operators, replayed, retried.
Where operators look them up is services/dead_letters.
"""
