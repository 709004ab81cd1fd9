"""The saga's steps, one file each: what a step does for a batch, and which events follow.
The delivery contract is the runtime's business.
"""
