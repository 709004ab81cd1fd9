"""The Review aggregate: state folded from events, commands that answer with events, and what is valid as input.
Pure: no I/O, no clock but the one that is passed in.
"""
