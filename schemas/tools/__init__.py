"""What is made of the contracts and checked about them: pages, golden files, seals, compatibility. Run as `python -m`,
and imported by no part of the running product.
"""
