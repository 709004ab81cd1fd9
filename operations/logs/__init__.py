"""The logs of a data directory as one: the lines of all processes, rotated files included, merged by their times.
Reads files alone, so that it works when nothing runs; nothing is rendered here.
"""
