"""Looks at a file of reviews before anything of it is sent: what it holds, how it is read, and what would go wrong."""
