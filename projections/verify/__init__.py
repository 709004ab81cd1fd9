"""The parts of `projections.verify.comparison`: what should stand in the read models by a fold of the log, and what does.
The folds share no code with the projectors, so that one mistake does not hide the other.
"""
