"""What may be told of an error: texts of foreign errors can quote a review, ours never do."""

from __future__ import annotations

import traceback
from pathlib import PurePath

from schemas.errors import ReviewstreamError


def explained(error: BaseException) -> str:
    """Our own errors' text; of others, the class must do."""
    return str(error) if isinstance(error, ReviewstreamError) else type(error).__name__


def place(error: BaseException) -> list[str]:
    """The call chain to where it was raised, `file:line function`, innermost last: a trace without its texts."""
    frames = traceback.extract_tb(error.__traceback__)
    return [f"{PurePath(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames]
