"""The domain, pure: the Review and its saga. Commands in, events out.
May import schemas. No clocks, no I/O, no randomness: what varies is passed in.
"""
