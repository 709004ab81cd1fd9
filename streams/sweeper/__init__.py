"""The sweeper: drives sagas again that stand still past their deadline, and retries whose time has come.
It only sends triggers; steps decide.
"""
