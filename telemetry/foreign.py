"""What libraries say, by `logging` and by `warnings`: the words that stand in their code, and nothing of what they put in.

No library is trusted by its name. Arguments are masked unless they are numbers or classes of errors.
"""

from __future__ import annotations

import logging
import re
import sys
import warnings
from collections.abc import Iterator, Mapping
from pathlib import PurePath
from types import FrameType
from typing import Any

from telemetry.error_text import named_text
from telemetry.literals import GAP, MASK, is_source, said, shown

ASYNCIO = (
    "Task exception was never retrieved",
    "Future exception was never retrieved",
    "Task was destroyed but it is pending!",
    "Unhandled exception in event loop",
    f"Exception in callback {GAP}",
    "Fatal error on transport",
)
"""First lines of asyncio's own, from compiled code or put together far from the call; what follows quotes errors."""
COMPILED = (f"coroutine {GAP} was never awaited",)
"""Warnings that compiled code gives."""
CALLERS = 4
"""Through how many functions a library may hand on a message before it logs it."""
_SERVICE = re.compile(r"^\[\^-*[^\]]*\]: ")
"""What mode and Faust put before each message of a service: its label, whatever that is made of."""


def foreign_message(record: logging.LogRecord) -> str:
    """What a library's log line says, with all that is no literal of its code masked."""
    if isinstance(record.msg, BaseException):
        return named_text(record.msg)
    template = _words(record)
    if not record.args:
        return template
    try:
        return str(template % _harmless(record.args))
    except Exception:  # noqa: BLE001 - whatever a library's conversions meet, the arguments are not to be quoted
        return template


def warning(message: Warning | str, category: type[Warning], path: str, line: int) -> tuple[str, list[str]]:
    """What a warning says that is being given: its class and words; then where, as `file:line`.

    The first place is the code that it is about, the second the code that gave it, where that is another.
    """
    outside = _frames(sys._getframe(2))  # noqa: SLF001 - of the function that `warnings` calls to show it
    giving = [frame for frame in outside if frame.f_code.co_filename != warnings.__file__]
    text = str(message)
    words = shown(text, COMPILED) or _said_by(giving[:1], text) or _said_by(giving[1:CALLERS], text, whole=True) or MASK
    places = [(path, line), *map(_at, giving[:1])]
    return f"{category.__name__}: {words}", [place(*each) for each in dict.fromkeys(places)]


def place(path: str, line: int) -> str:
    """`file:line`; the file is masked where its name may have been made up from anything."""
    file = PurePath(path)
    name = f"{file.parent.name}/{file.name}" if file.stem == "__init__" else file.name
    return f"{name if is_source(path) else MASK}:{line}"


def _words(record: logging.LogRecord) -> str:
    text = _SERVICE.sub("", str(record.msg), count=1)
    if record.name == "asyncio" and (words := shown(text.partition("\n")[0], ASYNCIO)):
        return words
    calling = [frame for frame in _frames(sys._getframe(1)) if _at(frame) == (record.pathname, record.lineno)]  # noqa: SLF001
    outside = list(_frames(calling[0].f_back))[:CALLERS] if calling else []
    return said(text, record.pathname, record.lineno) or _said_by(outside, text, whole=True) or MASK


def _said_by(frames: list[FrameType], text: str, *, whole: bool = False) -> str | None:
    return next((words for frame in frames if (words := said(text, *_at(frame), whole=whole))), None)


def _frames(frame: FrameType | None) -> Iterator[FrameType]:
    """That frame and those that called it, innermost first."""
    while frame is not None:
        yield frame
        frame = frame.f_back


def _at(frame: FrameType) -> tuple[str, int]:
    return frame.f_code.co_filename, frame.f_lineno


def _harmless(args: Any) -> Any:
    if isinstance(args, Mapping):
        return {key: _shown(value) for key, value in args.items()}
    return tuple(_shown(value) for value in args)


class _Bare(str):
    """A text that even `%r` shows without quotes."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


def _shown(value: object) -> object:
    if isinstance(value, int | float):
        return value
    if isinstance(value, BaseException):
        return _Bare(named_text(value))
    return _Bare(value.__name__ if isinstance(value, type) else MASK)
