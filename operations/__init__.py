"""Use cases with explicit arguments, for commands, workers and the API alike: status, replay, reprocessing, dead letters,
migrations, change capture. No clients are built and nothing is rendered here.
"""
