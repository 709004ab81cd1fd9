"""Reprocessing: asks complete reviews for another analysis, at a bounded pace.
Appends requests; the saga does the rest.
"""
