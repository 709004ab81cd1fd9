"""Texts as vectors, by models that are fetched and verified like any other jar. Nothing loads at import time."""
