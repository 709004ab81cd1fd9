"""Topics: groups of reviews whose vectors are near, the words that name them, and which a review belongs to."""
