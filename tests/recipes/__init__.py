"""docs/extending.md is followed to the letter in a copy of the product: what it shows is typed, and then run."""
