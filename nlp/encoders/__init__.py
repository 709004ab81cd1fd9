"""Texts as vectors: one module for each encoder, none of which is imported before it is used."""
