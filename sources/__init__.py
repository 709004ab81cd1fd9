"""Where reviews come from: files and their mapping, publishing to the inbound topic, the raw store's change stream.
Nothing here appends events: all of it goes through the inbound topic and its validation.
"""
