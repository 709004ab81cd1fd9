"""The first version of every read model. Later versions are built by replays, which an operator starts."""

from __future__ import annotations

from collections.abc import Callable

import psycopg
from clickhouse_driver.errors import Error as ClickHouseError
from psycopg_pool import PoolTimeout

from operations.migrate.migratable import StoreState
from operations.read_models import ReadModels
from projections import registry
from projections.clickhouse.clickhouse_store import ClickHouseStore
from projections.ports import ProjectionStore as Projection
from projections.registry import Version
from projections.runner import ensure_live
from schemas.errors import Unavailable
from telemetry.error_text import named_text


class Projections:
    """Every projection, in PostgreSQL and ClickHouse; the registry, in PostgreSQL, knows which exist."""

    name = "projections"

    def __init__(self, read_models: Callable[[], ReadModels]) -> None:
        """A factory, since their database may have to be created first."""
        self._read_models = read_models

    def inspect(self) -> StoreState:
        """Which have a live version, and whether its shape is what this release builds."""
        every = self._read_models().stores()
        live = self._live()
        advice = [remark for version in live.values() for remark in _advice(every[version.name], version)]
        in_place = [f"{version.name} v{version.version}" for version in live.values()]
        return StoreState(self.name, in_place, [f"{name} v1" for name in every if name not in live], advice=advice)

    def apply_missing(self) -> None:
        """Create version 1 where there is none."""
        for each in self._read_models().stores().values():
            try:
                ensure_live(self._read_models().pool, each)
            except ClickHouseError as error:
                raise _refused(error) from error

    def _live(self) -> dict[str, Version]:
        """By name; empty where the registry itself does not exist yet."""
        try:
            with self._read_models().pool.connection() as connection:
                every = registry.versions(connection)
        except psycopg.errors.UndefinedTable:
            return {}
        except PoolTimeout as error:
            raise Unavailable("the read models' PostgreSQL does not answer: start it or correct the URL") from error
        known = self._read_models().stores()
        return {each.name: each for each in every if each.state == "live" and each.name in known}


def _advice(of: Projection, live: Version) -> list[str]:
    advice = []
    if live.shape != of.shape:
        advice.append(
            f"{live.name} v{live.version} has another shape than this release builds: "
            f"`reviewstream replay {live.name}` rebuilds it beside the live one"
        )
    if isinstance(of, ClickHouseStore) and not _in_clickhouse(of, live):
        advice.append(
            f"{live.name} v{live.version} is live, but ClickHouse has no database {live.target}: `reviewstream recover`"
        )
    return advice


def _in_clickhouse(of: ClickHouseStore, live: Version) -> bool:
    try:
        return bool(of.clients.execute(f"EXISTS DATABASE {live.target}")[0][0])
    except ClickHouseError as error:
        raise _refused(error) from error


def _refused(error: ClickHouseError) -> Unavailable:
    """Names the class and code only: the server's own text may quote statements."""
    return Unavailable(
        f"ClickHouse refuses ({named_text(error)}): "
        "correct REVIEWSTREAM_CLICKHOUSE_URL, or give its user the right to create databases"
    )
