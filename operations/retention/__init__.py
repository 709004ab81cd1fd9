"""What is kept how long, who removes it, and how much room everything takes.
Applied by the worker that runs the sweeper; only what was handled, replaced or settled is ever removed.
"""
