"""Generators and checks for the contracts: pages, golden files, seals, compatibility. Run as `python -m`,
and imported by no part of the running product.
"""
