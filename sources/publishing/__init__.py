"""Publishing files of reviews: rows to CloudEvents, sent in confirmed batches, resumable, with a report.
The collect step validates every row; nothing is decided here.
"""
