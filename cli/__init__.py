"""The command line: one file per command group. Data on stdout, progress on stderr.
Exit codes: 0 ok, 1 failed, 2 wrong usage.
"""
