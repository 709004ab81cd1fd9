"""Settings, composition root, worker processes, command line, embedded stack, logging.
May import everything; nothing imports it. Only bootstrap.py builds clients.
"""
