"""What may be shown of an error: our own words, codes of servers, texts of the operating system, and literals of code.

Other libraries' texts can quote a review, a path or a password; so nothing is taken from them that is not fixed text.
"""

from __future__ import annotations

import traceback
from contextlib import suppress
from pathlib import PurePath
from types import FrameType

from telemetry.error_codes import codes
from telemetry.literals import said

LEAST_LETTERS = 4
"""With fewer of them a literal tells nothing."""


def safe_text(error: BaseException) -> str:
    """The text of our own errors; of all others their codes, or what of the text stands in the code, or the class."""
    if getattr(error, "quotes_nothing", False):
        return str(error)
    return _foreign(error) or type(error).__name__


def named_text(error: BaseException) -> str:
    """The class with what may be shown of the text, as `OSError: [Errno 28] No space left on device`."""
    kind, text = type(error).__name__, safe_text(error)
    return kind if text in {kind, ""} else f"{kind}: {text}"


def plain_text(error: BaseException) -> str:
    """For people: our own text, which says what to do; another's with its class."""
    return str(error) if getattr(error, "quotes_nothing", False) else named_text(error)


def call_chain(error: BaseException) -> list[str]:
    """The call chain to where it was raised, `file:line function`, innermost last: a traceback without texts."""
    return _lines(traceback.extract_tb(error.__traceback__))


def frames_of(frame: FrameType | None) -> list[str]:
    """The same for a running thread."""
    return _lines(traceback.extract_stack(frame))


def _foreign(error: BaseException) -> str:
    with suppress(Exception):  # whatever a library's errors do when they are asked
        return "; ".join(codes(error)) or _literal(error)
    return ""


def _literal(error: BaseException) -> str:
    """What of its text stands as a literal where it was raised, `***` for the rest."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return ""
    text = error.args[0] if isinstance(error, KeyError) and error.args else error
    words = said(str(text), trace.tb_frame.f_code.co_filename, trace.tb_lineno) or ""
    return words if sum(map(str.isalpha, words)) >= LEAST_LETTERS else ""


def _lines(frames: traceback.StackSummary) -> list[str]:
    return [f"{PurePath(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames]
