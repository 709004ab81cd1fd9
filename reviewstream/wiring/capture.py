"""Change data capture by Kafka Connect."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from reviewstream.settings import Settings
from reviewstream.wiring.shared import Shared

if TYPE_CHECKING:
    from operations.change_capture import ChangeCapture


def make(shared: Shared, label: str = "") -> ChangeCapture:
    """With `label` as prefix of topics and connectors. Raises Unavailable when no Connect is configured."""
    from operations.change_capture import ChangeCapture, Installation

    settings = shared.settings
    login = settings.cdc_login.get_secret_value().partition(":") if settings.cdc_login else None
    of = Installation(
        url=settings.url,
        partitions=settings.partitions,
        mongo_database=settings.mongo_database,
        debezium_publishes=settings.public_topics == "debezium",
        login=(login[0], login[2]) if login else None,
        secrets=settings.connect_secrets,
        write_secret=_write_secret(settings),
    )
    return ChangeCapture(
        of,
        shared.connect,
        log=shared.event_log,
        positions=shared.positions,
        publishers=shared.publishers,
        sender=lambda: shared.producer,
        label=label,
    )


def slot_names(settings: Settings) -> list[str]:
    """Of the slots of change capture, in the databases whose URLs are known."""
    from debezium.captures import ON_POSTGRES
    from debezium.slots import Source

    known = [each for each in ON_POSTGRES if getattr(settings, f"{each.store}_url")]
    return [Source(settings.url(each.store)).slot_name(each) for each in known]


def _write_secret(settings: Settings) -> partial[None] | None:
    """Only if the file is in our own data directory: any other belongs to the operator."""
    from reviewstream.connect_secrets import put

    path = settings.connect_secrets
    if path is None or not Path(path).is_relative_to(settings.data_dir.absolute()):
        return None
    return partial(put, Path(path))
