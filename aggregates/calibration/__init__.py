"""A tenant's own calibration: what probabilities of an analysis mean for its reviews."""
