"""The parts of `projections.verify.comparison`: the expected rows, folded from the log, and the actual ones.
The folds share no code with the projectors, so that one bug cannot hide another.
"""
