"""Finding one review, message or run by any of its names, and saying where it is now and why.
Asks every store by its indexes first; a search through the log is announced. Nothing is rendered here.
"""
