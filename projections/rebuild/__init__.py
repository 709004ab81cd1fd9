"""Rebuilding read models from history: a version beside the live one, repair in place, comparison, unparking.
Uses stores by their ports; the runner feeds the live version.
"""
