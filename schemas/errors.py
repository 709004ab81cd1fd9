"""The exception tree. Exit codes and problem documents are derived from it in one place, at the edge.

ReviewstreamError
├── InvalidInput            the caller's data or arguments are wrong; names the field and the fix
│   ├── InvalidReview       a review that inbound validation rejects
│   └── UnknownSchema       a schema id or topic that is not in the committed contracts
├── NotAllowed              a command that the aggregate's state refuses
├── VersionConflict         another event is recorded at that version of the stream
├── TransientError          retry later: the same call may succeed
├── PermanentError          a retry cannot help
├── Unavailable             a required server or file is missing; says what to do next
│   └── StoreLost           a server answers, but what we kept there is gone
├── NewerStore              a store is of a newer release; names what it has and what this release knows
└── VerificationFailed      two copies of the same truth differ
"""

from __future__ import annotations

from typing import ClassVar


class ReviewstreamError(Exception):
    """Base of every error raised by reviewstream on purpose."""

    quotes_nothing: ClassVar[bool] = True
    """Its text contains no review content and no secret, so that logs may show it; see telemetry.error_text."""


class InvalidInput(ReviewstreamError):
    """The input is wrong. `field` names where, `reason` is a stable machine-readable word."""

    def __init__(self, message: str, *, field: str = "", reason: str = "invalid") -> None:
        super().__init__(message)
        self.field = field
        self.reason = reason


class InvalidReview(InvalidInput):
    """A review that inbound validation rejects; it is dead-lettered with this reason."""


class UnknownSchema(InvalidInput):
    """A schema id or event topic that the committed contracts do not know."""


class NotAllowed(ReviewstreamError):
    """A command that the state of the aggregate does not allow."""


class VersionConflict(ReviewstreamError):
    """Another event is recorded at that version of the stream."""


class TransientError(ReviewstreamError):
    """The same call may succeed later."""


class PermanentError(ReviewstreamError):
    """A retry cannot help; the message is dead-lettered."""


class Unavailable(ReviewstreamError):
    """A required server, file or package is missing. The message says what to do next."""


class NotSetUp(Unavailable):
    """A database answers, and has none of our tables: it was never set up, or it came back empty."""


class StoreLost(Unavailable):
    """A server answers, but does not have what we kept there: tables, a database, a topic's content. See docs/recovery.md."""


class NewerStore(ReviewstreamError):
    """A store was migrated to a version that this release does not know. It is left unchanged."""


class VerificationFailed(ReviewstreamError):
    """Two copies of the same truth differ."""
