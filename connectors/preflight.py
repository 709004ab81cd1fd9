"""Preflight: what a server refuses for good is said before the work begins, with the setting and the fix.

Drivers try again for as long as they may, since most errors pass; a wrong certificate or password does not.
"""

from __future__ import annotations

from connectors.databases import DATABASES
from connectors.diagnosis import diagnose
from connectors.ping import ping
from schemas.errors import InvalidInput, Unavailable


def system_of(name: str) -> str:
    """What kind of server the setting of that name leads to."""
    return "postgres" if name in DATABASES else name


def preflight(name: str, url: str) -> None:
    """Raises Unavailable where that server refuses us for good; one that merely does not answer is waited for later."""
    system = system_of(name)
    try:
        ping(system, url)
    except InvalidInput:
        raise
    except Exception as error:  # noqa: BLE001 - whatever a driver raises: what is no refusal is met again at work
        told = diagnose(system, url, error)
        if told is not None and told.for_good:
            raise Unavailable(f"REVIEWSTREAM_{name.upper()}_URL: {told.cause}; {told.fix}") from None
