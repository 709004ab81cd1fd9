"""Rounding of numbers in the read models."""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache


@lru_cache(maxsize=50_000)
def fixed(value: float, places: int) -> Decimal:
    """`value` in decimal places, rounded by its digits, half away from zero, as PostgreSQL's numeric does.

    Raises ValueError for NaN and infinities, which would poison averages.
    """
    if not math.isfinite(value):
        raise ValueError(f"{value} is not a number that can be stored")
    # Adding zero turns -0.00 into 0.00.
    return Decimal(repr(value)).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP) + Decimal(0)
