"""One file per outside system: building and classifying; and what is done with any of them: retry, wait, isolate what is bad.
Nothing of the domain's decisions.
May import aggregates and schemas. No connection is opened at import time.
"""
