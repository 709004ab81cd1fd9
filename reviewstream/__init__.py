"""Settings, composition root, worker processes, command line, embedded stack, logging.
May import everything; nothing imports it. Only the composition root builds clients: bootstrap.py, with clients.py and wiring/.
"""
