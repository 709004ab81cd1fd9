"""An aggregate that the product does not have: its contracts as files, its typed events, and how both are taken up."""
