"""One file per outside system: building and classifying, nothing of the domain's decisions.
May import aggregates and schemas. No connection is opened at import time.
"""
