"""What may be shown of an error: other libraries' texts can quote a review, ours never do."""

from __future__ import annotations

import traceback
from pathlib import PurePath
from types import FrameType


def safe_text(error: BaseException) -> str:
    """The text of our own errors, the class of all others."""
    return str(error) if getattr(error, "quotes_nothing", False) else type(error).__name__


def call_chain(error: BaseException) -> list[str]:
    """The call chain to where it was raised, `file:line function`, innermost last: a traceback without texts."""
    return _lines(traceback.extract_tb(error.__traceback__))


def frames_of(frame: FrameType | None) -> list[str]:
    """The same for a running thread."""
    return _lines(traceback.extract_stack(frame))


def _lines(frames: traceback.StackSummary) -> list[str]:
    return [f"{PurePath(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames]
