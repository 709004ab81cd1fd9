"""Replays that are under way or were left: does a builder live, and which command continues it."""

from __future__ import annotations

from connectors.postgres import Pool
from operations.status.report import Replay
from projections.rebuild.unfinished import Unfinished, unfinished


def replays(pool: Pool) -> list[Replay]:
    """Every unfinished version of a read model, by name. `pool` leads to the read models."""
    with pool.connection() as connection:
        return [_replay(one) for one in unfinished(connection)]


def _replay(one: Unfinished) -> Replay:
    version = one.version
    return Replay(
        version.name, version.version, one.reached, version.paused, version.created_at, one.state, one.command
    )  # fmt: skip
