"""Topic models in the event log, and what they say of reviews."""
