"""What a vector says about a text: small linear heads, trained from `vader_sdist.txt` alone, and what trains them."""
