"""Rebuilds and repairs of read models, and what the processes need that share the work."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from reviewstream.settings import Settings
from reviewstream.wiring.shared import Shared

if TYPE_CHECKING:
    from operations.replay import ReadModelReplay
    from projections.rebuild.shards import Parts


def make(shared: Shared) -> ReadModelReplay:
    """Rebuilds and repairs of read models."""
    from operations.replay import ReadModelReplay

    return ReadModelReplay(shared.read_models, partial(open_parts, shared.settings))


@contextmanager
def open_parts(settings: Settings, name: str) -> Iterator[Parts]:
    """What another process needs to fill a share of a read model's next version."""
    from telemetry.gc_tuning import freeze_gc

    with Shared(settings, process="replay") as shared:
        made = shared.read_models.parts(name)
        freeze_gc()
        yield made
