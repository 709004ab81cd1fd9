"""The events of a tenant's calibration, typed. Each equals its .avsc by a test."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrationChanged:
    """How probabilities of `base_version` become the tenant's own; method `none` ends it.

    For `platt`, `inputs` are slope and intercept on the log-odds; for `isotonic`, `inputs` become `outputs`, with straight lines between.
    """

    TOPIC: ClassVar[str] = "calibration.changed"
    number: int
    method: str
    base_version: str
    inputs: tuple[float, ...] = ()
    outputs: tuple[float, ...] = ()
    negative_below: float
    positive_from: float
    truth: str
    reviews: int
    error_before: float | None = None
    error_after: float | None = None
    who: str
    reason: str = ""
    changed_at: datetime
