"""The sweeper: triggers sagas again that are stuck past their deadline, and retries that are due.
It only sends triggers; steps decide.
"""
