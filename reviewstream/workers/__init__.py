"""The worker processes: the tailer and the streams worker.
Each announces when it is ready, runs until SIGTERM, and exits non-zero on an error, so that its supervisor restarts it.
"""
