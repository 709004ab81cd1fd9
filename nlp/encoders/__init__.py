"""Texts as vectors: one module for each way to run an encoder. Nothing loads at import time."""
