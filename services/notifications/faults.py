"""What an error of a channel means for a notification."""

from __future__ import annotations

from aggregates.review.outcomes import GivenUp, Outcome, RetryLater
from connectors.fault_table import fault_of
from connectors.faults import Fault
from telemetry.error_text import safe_text

WORDS = {
    Fault.TRANSIENT: "unavailable",
    Fault.FATAL: "misconfigured",
    Fault.POISON: "content_refused",
    Fault.PERMANENT: "refused",
}


def outcome_of(error: Exception) -> Outcome:
    """Later for what passes or what no notification is to blame for; given up for anything else."""
    if isinstance(error, TimeoutError):
        return RetryLater("timed_out", safe_text(error))
    if isinstance(error, OSError):  # of sockets, and what HTTP and mail clients of Python make of them
        return RetryLater("unreachable", safe_text(error))
    fault = fault_of(error)
    answer = RetryLater if fault in {Fault.TRANSIENT, Fault.FATAL} else GivenUp
    return answer(WORDS[fault], safe_text(error))
