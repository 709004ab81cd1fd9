"""The exception tree. Exit codes and problem documents are derived from it in one place, at the edge.

ReviewstreamError
├── InvalidInput            the caller's data or arguments are wrong; names the field and the fix
│   ├── InvalidReview       a review that the inbound gate turns away
│   └── UnknownSchema       a schema id or topic that is not in the committed contracts
├── NotAllowed              a command that the aggregate's state refuses
├── VersionConflict         another event stands at that version of the stream
├── TransientError          try again later: the same call may succeed
├── PermanentError          trying again cannot help
├── Unavailable             a server or file that is needed is not there; says what to do next
├── NewerStore              a store is of a newer release; names what it has and what this release knows
└── VerificationFailed      two copies of the same truth differ
"""

from __future__ import annotations

from typing import ClassVar


class ReviewstreamError(Exception):
    """Base of every error raised by reviewstream on purpose."""

    quotes_nothing: ClassVar[bool] = True
    """Its text holds no review's words and no secret, so that logs may show it; see telemetry.error_text."""


class InvalidInput(ReviewstreamError):
    """The input is wrong. `field` names where, `reason` is a stable machine-readable word."""

    def __init__(self, message: str, *, field: str = "", reason: str = "invalid") -> None:
        super().__init__(message)
        self.field = field
        self.reason = reason


class InvalidReview(InvalidInput):
    """A review that the inbound gate turns away; it is dead-lettered with this reason."""


class UnknownSchema(InvalidInput):
    """A schema id or event topic that the committed contracts do not know."""


class NotAllowed(ReviewstreamError):
    """A command that the state of the aggregate does not allow."""


class VersionConflict(ReviewstreamError):
    """Another event stands at that version of the stream."""


class TransientError(ReviewstreamError):
    """The same call may succeed later."""


class PermanentError(ReviewstreamError):
    """Trying again cannot help; the message is dead-lettered."""


class Unavailable(ReviewstreamError):
    """A server, file or package that is needed is not there. The message says what to do next."""


class NewerStore(ReviewstreamError):
    """A store was brought to a version that this release does not know. It is left as it is."""


class VerificationFailed(ReviewstreamError):
    """Two copies of the same truth differ."""
