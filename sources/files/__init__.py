"""Files of reviews as rows: compression, encodings, delimited text and JSON lines, and the mapping of columns to fields.
Reads in constant memory; a bad row is a row with its reason, never an exception.
"""
