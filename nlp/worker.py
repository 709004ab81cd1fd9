"""What runs inside a process of the pool. Imports no model by itself: the process sets itself up first."""

from __future__ import annotations

import gc
import os
import signal
from multiprocessing.synchronize import Barrier
from typing import TYPE_CHECKING

from nlp.model import Analysis, Given
from nlp.settings import AnalyzerSettings
from telemetry import logs
from telemetry.parent import follow_parent

if TYPE_CHECKING:
    from nlp.analyzer import Analyzer

_NICENESS = 5
_STARTUP_SECONDS = 300
_WARM_UP = ["A short review of the Grand Hotel in Vienna: lovely rooms, terrible coffee. 😀", "Guter Kaffee."] * 8


class _Process:
    """The analyzer of this process, or why there is none."""

    analyzer: Analyzer | None = None
    failure: Exception | None = None
    together: Barrier | None = None


def prepare(settings: AnalyzerSettings, together: Barrier) -> None:
    """Load and warm the models. A failure is kept for the first caller: the executor would only report "broken"."""
    follow_parent()
    logs.configure("warning", process="nlp")
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent decides what ends
    os.nice(_NICENESS)
    _Process.together = together
    try:
        from nlp.analyzer import Analyzer

        _Process.analyzer = Analyzer(settings)
        _Process.analyzer.analyze(_WARM_UP)
    except Exception as error:  # noqa: BLE001  # reported to the caller by _ready()
        _Process.failure = error
    gc.collect()
    gc.freeze()  # the models never become garbage: exclude them from collections


def wait_for_all() -> None:
    """Returns when every process of the pool is warm."""
    if _Process.together:
        _Process.together.wait(_STARTUP_SECONDS)
    _ready()


def analyze(texts: list[str | Given]) -> list[Analysis]:
    """The pool's task."""
    return _ready().analyze(texts)


def _ready() -> Analyzer:
    if _Process.analyzer is None:
        raise _Process.failure or RuntimeError("the process was not prepared")
    return _Process.analyzer
