"""What the composition root consists of: each file puts together one group of use cases from what `shared.py` has.
None of them takes the root itself; it hands itself on as `Shared`, or a part by its name.
"""
