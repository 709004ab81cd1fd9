"""Linear heads that make sentiment of an encoder's vectors: small files, and what trains them."""
