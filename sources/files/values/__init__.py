"""Single values of a file: ratings, dates and what means that nothing is there. Pure, and without the file's context."""
