"""What may be told of an error: texts of foreign errors can quote a review, ours never do."""

from __future__ import annotations

import traceback
from pathlib import PurePath
from types import FrameType


def safe_text(error: BaseException) -> str:
    """Our own errors' text; of others, the class must do."""
    return str(error) if getattr(error, "quotes_nothing", False) else type(error).__name__


def call_chain(error: BaseException) -> list[str]:
    """The call chain to where it was raised, `file:line function`, innermost last: a trace without its texts."""
    return _lines(traceback.extract_tb(error.__traceback__))


def frames_of(frame: FrameType | None) -> list[str]:
    """The same for a thread that runs."""
    return _lines(traceback.extract_stack(frame))


def _lines(frames: traceback.StackSummary) -> list[str]:
    return [f"{PurePath(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames]
