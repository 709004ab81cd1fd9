"""The worker processes that the composition root puts together: the tailer and the streams worker.
Each announces when it is ready, runs until SIGTERM, and exits non-zero on an error, so that its supervisor restarts it.
"""
