"""What a vector says about a text: small models on top of encoders, trained from `vader_sdist.txt` alone."""
