"""Use cases of topics: fit, edit, and give every review the topics of the model as it is now."""
