"""The contracts: Avro schemas per event and message, typed events, codec, CloudEvents envelope, error tree.
May import nothing of ours. No I/O beyond reading its own packaged files.
"""
