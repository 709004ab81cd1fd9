"""What an error means to the caller: one table, from which the exit codes of commands follow; operations.exit_codes says them by command."""

from __future__ import annotations

from collections.abc import Mapping

from schemas.errors import InvalidInput, ReviewstreamError

FAILED, WRONG_USAGE = 1, 2
EXIT_CODES: Mapping[type[ReviewstreamError], int] = {
    ReviewstreamError: FAILED,
    InvalidInput: WRONG_USAGE,
}
"""The most specific class of an error counts."""


def exit_code(error: ReviewstreamError) -> int:
    """The exit code of a command that ended with this error."""
    return next(EXIT_CODES[kind] for kind in type(error).__mro__ if kind in EXIT_CODES)
