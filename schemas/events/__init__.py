"""The typed events of the log, one module for each kind of stream. A new module is found without being named anywhere.
Each class equals its .avsc by a test; TOPIC is its stable name in the log.
"""
