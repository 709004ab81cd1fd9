"""The Faust app: one file per saga step, and the step runtime that embodies the delivery contract.
May import services and below. Projections are next door and never imported.
"""
