"""Reprocessing: requests another analysis of complete reviews, at a bounded pace.
Appends requests; the saga does the rest.
"""
