"""What finds out which contents stores lost, and has them built again."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from connectors.databases import DATABASES
from reviewstream.embedded_databases import provision_database
from reviewstream.wiring.shared import Shared

if TYPE_CHECKING:
    from operations.migrate.run import Migrations
    from operations.recovery.recoverable import Recoverable
    from operations.recovery.recovery import Recovery
    from operations.replay import ReadModelReplay


def make(shared: Shared, migrations: Migrations, replay: Callable[[], ReadModelReplay]) -> Recovery:
    """Finds what stores lost, and has it built again."""
    from operations.recovery.databases import LostDatabases
    from operations.recovery.recovery import Recovery

    urls = {name: shared.settings.url(name) for name in DATABASES}
    create = partial(provision_database, shared.settings.data_dir)
    return Recovery(LostDatabases(urls, create), lambda: _recoverable(shared, replay()), migrations.apply)


def _recoverable(shared: Shared, replay: ReadModelReplay) -> list[Recoverable]:
    """In the order in which they rely on each other."""
    from operations.recovery.dead_letters import LostDeadLetters
    from operations.recovery.event_log import LostLog
    from operations.recovery.raw_store import LostRawReviews
    from operations.recovery.read_models import LostReadModels
    from operations.recovery.topics import LostTopics
    from operations.recovery.traces import traces

    kafka_url, log = shared.settings.url("kafka"), shared.event_log
    found = traces(raw_reviews=lambda: shared.raw_reviews, kafka_url=kafka_url, models=shared.read_models)
    topics = LostTopics(
        kafka_url,
        log=log,
        known=shared.known_stores,
        positions=shared.positions,
        models=shared.read_models,
        sender=lambda: shared.producer,
    )
    return [
        LostLog(log, found),
        LostReadModels(shared.read_models, replay, shared.settings.url("readmodels")),
        LostDeadLetters(shared.dead_letters, shared.known_stores, kafka_url),
        LostRawReviews(log, lambda: shared.raw_reviews),
        topics,
    ]
