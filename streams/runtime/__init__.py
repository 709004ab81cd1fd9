"""The delivery contract: the Faust app, batches in flight in order, and what every saga step shares.
No step's own work lives here.
"""
