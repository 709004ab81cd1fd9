"""Publishing files of reviews: rows to CloudEvents, sent in confirmed batches, resumable, with a report.
The pipeline's gate judges every row; nothing is decided here.
"""
