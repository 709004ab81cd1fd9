"""The proof that nothing is lost and nothing doubled: load, failures by seed, and a comparison with what was sent.
`python -m tests.chaos --seeds 100` or `make chaos`; docs/reliability.md says what it compares.
"""
