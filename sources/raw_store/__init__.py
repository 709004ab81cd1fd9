"""The raw store as a source: documents that other clients write there enter through the inbound topic.
Reads MongoDB's change stream; writes nothing there.
"""
