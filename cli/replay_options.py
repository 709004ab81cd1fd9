"""Options of `replay` that another one makes meaningless, and values that nothing has, are refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cli.given import any_given, check_period, refuse_where
from operations.replay_selection import check_selection
from projections.rebuild.selection import Selection
from streams.publishers.history import checked_name

if TYPE_CHECKING:
    from reviewstream.bootstrap import Bootstrap

FILTERS = frozenset({"tenant", "streams", "types", "from_position", "to_position", "since", "until"})
OF_A_REBUILD = frozenset({"processes", "accept_difference"})


def check_applies() -> None:
    """Raises InvalidInput for an option of the command that runs which does not apply beside the others."""
    chosen = click.get_current_context().params
    refuse_where(not chosen["diff"], {"limit"}, "says how many rows --diff lists; add --diff, or leave it out")
    refuse_where(chosen["diff"], OF_A_REBUILD, "--diff builds no version; leave it out")
    refuse_where(chosen["topic"] is not None, OF_A_REBUILD, "--to-topic builds no version; leave it out")
    for name in ("go_back", "pausing"):
        refuse_where(chosen[name], OF_A_REBUILD | {"as_json"}, "says nothing with --rollback or --pause; leave it out")
    part = "a part of history is repaired in place, by one process and without a switch; leave it out"
    refuse_where(any_given(FILTERS), OF_A_REBUILD, part)
    check_period(chosen["since"], chosen["until"])
    if chosen["topic"] is not None:
        checked_name(chosen["topic"])


def check_values(parts: Bootstrap, name: str | None, selection: Selection) -> None:
    """Raises InvalidInput for types and reviews that there are not; `name` is None where history goes to a topic."""
    reads = None if name is None else parts.read_models.store(name).topics
    check_selection(parts.event_log, selection, reads=reads)
