"""Structured logs: one JSON object a line on stderr. What libraries log goes the same way, from warnings on.

Everything passes telemetry.masking on its way: our lines, libraries' lines and warnings, and uncaught errors.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import threading
import warnings
from types import TracebackType
from typing import Any, TextIO

import structlog

from telemetry.foreign import foreign_message, place, warning
from telemetry.masking import masked, safe_exception

WITHHELD = "library.text_withheld"
"""Instead of a line that would say nothing: `logger` and `at` name who spoke, and where."""
SHARED: list[structlog.typing.Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    safe_exception,
]


def configure(level: str, *, process: str) -> None:
    """Set up logging for this process; `process` names it in every line."""
    number = logging.getLevelNamesMapping()[level.upper()]
    shared = [_named(process), *SHARED]
    structlog.configure(
        processors=[*shared, masked, structlog.processors.JSONRenderer()],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=max(number, logging.WARNING), handlers=[_Foreign(shared)], force=True)
    warnings.showwarning = _warned
    # It logs a trace for every attempt of a connection that its caller retries and reports anyway.
    logging.getLogger("clickhouse_driver").setLevel(logging.CRITICAL)
    sys.excepthook = _uncaught
    threading.excepthook = _uncaught_in_thread


def quieten_helpers() -> None:
    """Let the process that `multiprocessing` starts to clean up say nothing: it writes plain text into our log.

    After a kill -9 it counts what it cleans up, which tells an operator nothing. It reads this as it starts.
    """
    given = os.environ.get("PYTHONWARNINGS")
    os.environ["PYTHONWARNINGS"] = ",".join(
        filter(None, (given, "ignore::UserWarning:multiprocessing.resource_tracker"))
    )


class _Foreign(logging.StreamHandler[Any]):
    """Libraries' lines through the same processors."""

    def __init__(self, shared: list[structlog.typing.Processor]) -> None:
        super().__init__(sys.stderr)
        chain = [*shared, structlog.stdlib.add_logger_name, _placed]
        renderers = [structlog.stdlib.ProcessorFormatter.remove_processors_meta, masked]
        self.setFormatter(
            structlog.stdlib.ProcessorFormatter(
                processors=[*renderers, structlog.processors.JSONRenderer()], foreign_pre_chain=chain
            )
        )

    def format(self, record: logging.LogRecord) -> str:
        """The record with its message masked, and without the text of its error that another handler may have cached."""
        said = foreign_message(record)
        words = said if any(map(str.isalpha, said)) else WITHHELD
        copied = logging.makeLogRecord({**record.__dict__, "msg": words, "args": None})
        copied.exc_text = copied.stack_info = None
        return super().format(copied)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        """A line that cannot be written: logging's own handler would quote the record's arguments."""
        sys.stderr.write(f'{{"event": "log.line_lost", "level": "error", "logger": {json.dumps(record.name)}}}\n')


_reading = threading.local()


def _warned(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,  # noqa: ARG001 - `warnings` gives it
    line: str | None = None,  # noqa: ARG001 - `warnings` gives it
) -> None:
    """Log what `warnings` would print; not, however, what reading a library's source for that warns of in turn."""
    if getattr(_reading, "now", False):
        return
    _reading.now = True
    try:
        said, at = warning(message, category, filename, lineno)
    finally:
        _reading.now = False
    structlog.get_logger(__name__).warning("code.warned", warning=said, logger="py.warnings", at=at)


def _uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    structlog.get_logger(__name__).error("process.ended_by_an_error", exc_info=(kind, error, trace))


def _uncaught_in_thread(args: threading.ExceptHookArgs) -> None:
    if args.exc_value is not None:
        structlog.get_logger(__name__).error("thread.ended_by_an_error", exc_info=args.exc_value)


def _placed(_logger: object, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """A library's line says where it comes from; one about an error already tells the way to that."""
    record: logging.LogRecord = event["_record"]
    return event if event.get("at") else {**event, "at": [place(record.pathname, record.lineno)]}


def _named(process: str) -> structlog.typing.Processor:
    def add(_logger: object, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
        return {**event, "process": process}

    return add
