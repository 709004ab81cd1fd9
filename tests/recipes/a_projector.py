"""Run in the copy that has the read model `languages`, `a_projector.py URL`: it is filled from a log, and replayed."""

from __future__ import annotations

import json
import sys
from contextlib import AbstractContextManager

from connectors.postgres import Pool, open_pool
from eventstore.log import EventLog
from operations.read_models import ReadModels
from operations.replay import ReadModelReplay
from projections.rebuild.shards import Parts
from tests.projections.making import History

NAME = "languages"


def no_clickhouse() -> None:
    raise AssertionError("ClickHouse was asked")


def no_process(name: str) -> AbstractContextManager[Parts]:
    raise AssertionError(f"a process for {name}: there are too few events for one")


def filled(pool: Pool) -> ReadModels:
    """The log has three reviews, of which one is analysed once more and one not at all."""
    log, history = EventLog(pool), History()
    history.review("r1").collected().stored().processed(language="nl").processed(language="en", version="p2")
    history.review("r2").collected().stored().processed(language="de")
    history.review("r3").collected()
    history.save(log)
    models = ReadModels(pool, log, no_clickhouse)
    handler = models.postgres_handler()
    while (position := handler.position()) < log.head():
        handler.handle(log.read_after(position, 3))
    return models


def rows(pool: Pool) -> list[str]:
    with pool.connection() as connection:
        return [row[0] for row in connection.execute("SELECT language FROM public.languages ORDER BY 1")]


if __name__ == "__main__":
    with open_pool(sys.argv[1], name="test", size=6) as pool:
        models = filled(pool)
        before = rows(pool)
        outcome = ReadModelReplay(models, no_process).run(NAME, progress=lambda *_: None)
        seen = {"rows": before, "after": rows(pool), "version": outcome.version, "switched": outcome.switched}
        print(json.dumps(seen | {"note": outcome.note, "names": list(models.stores())}))
