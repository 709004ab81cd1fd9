"""Where a series may have moved to a new level: the last change point that ruptures finds."""

from __future__ import annotations

import numpy as np

from services.alarms.series import Judged, Numbers

SHORTEST, LONGEST = 7, 28
"""Days that a new level must have lasted, and after which it is no news."""
WINDOW = 91
PENALTY = 5.0


def last_change(judged: Judged, usable: Numbers, until: int) -> int | None:
    """The index of the first day of the newest level up to the day `until`, if it began SHORTEST to LONGEST days ago.

    Days that are not `usable` (0) or have no exposure are left out. Levels are of rates, with variance made even by the
    square root, in units of their own noise from day to day.
    """
    from ruptures import KernelCPD

    days = np.arange(max(0, until + 1 - WINDOW), until + 1)
    days = days[(judged.exposure[days] > 0) & (usable[days] > 0)]
    if len(days) < 3 * SHORTEST:
        return None
    rates = np.sqrt((judged.y[days] + 0.25) / judged.exposure[days]) * np.sqrt(judged.exposure[days].mean())
    noise = float(np.median(np.abs(np.diff(rates)))) / 0.954
    if noise <= 0:
        return None
    finder = KernelCPD(kernel="linear", min_size=SHORTEST).fit((rates / noise).reshape(-1, 1))
    ends = finder.predict(pen=PENALTY * np.log(len(days)) / 2)
    if len(ends) < 2:
        return None
    start = int(days[ends[-2]])
    return start if SHORTEST <= until + 1 - start <= LONGEST else None
