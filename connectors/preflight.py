"""Preflight: reports a permanent refusal before the work begins, with the setting and the fix.

Drivers retry as long as they can, since most errors are transient; a wrong certificate or password is not.
"""

from __future__ import annotations

from connectors.databases import DATABASES
from connectors.diagnosis import diagnose
from connectors.ping import ping
from schemas.errors import InvalidInput, Unavailable


def system_of(name: str) -> str:
    """The kind of server behind the setting of that name."""
    return "postgres" if name in DATABASES else name


def preflight(name: str, url: str) -> None:
    """Raises Unavailable if the server rejects us permanently; one that merely does not answer is waited for later."""
    system = system_of(name)
    try:
        ping(system, url)
    except InvalidInput:
        raise
    except Exception as error:  # noqa: BLE001 - whatever a driver raises: what is no refusal will recur at work
        diagnosis = diagnose(system, url, error)
        if diagnosis is not None and diagnosis.permanent:
            raise Unavailable(f"REVIEWSTREAM_{name.upper()}_URL: {diagnosis.cause}; {diagnosis.fix}") from None
