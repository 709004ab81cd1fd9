"""The events of a parcel, typed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar


@dataclass(frozen=True, slots=True, kw_only=True)
class MailParcelSent:
    TOPIC: ClassVar[str] = "mail_parcel.sent"
    weight: float
    sent_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class MailParcelDelivered:
    TOPIC: ClassVar[str] = "mail_parcel.delivered"
    signed_by: str | None = None
    delivered_at: datetime
