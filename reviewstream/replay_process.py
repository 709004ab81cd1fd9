"""What a process needs that fills a share of a read model's next version."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from projections.rebuild.shards import Parts
from reviewstream.bootstrap import Bootstrap
from reviewstream.settings import Settings
from telemetry.gc_tuning import freeze_gc


@contextmanager
def open_parts(settings: Settings, name: str) -> Iterator[Parts]:
    """The parts for the projection of that name."""
    with Bootstrap(settings, process="replay") as parts:
        opened = parts.read_models.parts(name)
        freeze_gc()
        yield opened
