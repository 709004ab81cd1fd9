"""From the text as it came to the text that is analysed: pure functions, one idea a file, and the way back for every offset.
May import schemas. Knows no model, no language detector, no analysis.
"""
