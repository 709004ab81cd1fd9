"""Input as nobody should send it: a table of cases, a generator of more, and what must hold for all of them."""
