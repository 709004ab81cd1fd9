"""How surprising a sum is, given what was expected and how much such sums scatter."""

from __future__ import annotations


def surprise_above(y: float, mean: float, variance: float, *, whole: bool) -> float:
    """P(Y >= y) for a sum with this mean and variance (both above 0).

    Counts that scatter more than Poisson's are negative binomial, as Noufaily's improvement of Farrington's method has it,
    those that scatter less are binomial; what is no count is gamma.
    """
    from scipy import special

    if y <= 0:
        return 1.0
    ratio = variance / mean
    if not whole:
        return float(special.gammaincc(mean / ratio, y / ratio))
    if ratio > 1.0001:
        return float(special.betainc(y, mean / (ratio - 1), 1 - 1 / ratio))
    if ratio < 0.9999:
        of = mean / (1 - ratio)
        return float(special.betainc(y, of - y + 1, 1 - ratio)) if y < of + 1 else 0.0
    return float(special.gammainc(y, mean))


def surprise_below(y: float, mean: float, variance: float) -> float:
    """P(Y <= y) for a count."""
    return 1 - surprise_above(y + 1, mean, variance, whole=True)
