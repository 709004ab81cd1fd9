"""`logs`: what the processes of the stack logged, merged by time."""

from __future__ import annotations

import os
import sys
import time
from collections import deque
from collections.abc import Callable
from contextlib import closing, nullcontext, suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

import click

from cli.common import bootstrap, data_dir_option, err, json_option
from cli.log_lines import say_untimed, show
from cli.since import SINCE_HELP, Since
from operations.logs.about import ids_of
from operations.logs.files import LogLine, chosen
from operations.logs.follow import Follower
from operations.logs.merge import Filter, merged
from schemas.errors import ReviewstreamError

if TYPE_CHECKING:
    from reviewstream.bootstrap import Bootstrap

LAST = 20
"""Lines that --follow begins with."""
EVERY = 0.3


@click.command()
@click.argument("workers", nargs=-1, metavar="[WORKER]...")
@click.option("--since", type=Since(), help=f"Only lines since then: {SINCE_HELP}.")
@click.option("--review", type=click.UUID, help="Only lines that name this review or one of its correlation ids.")
@click.option(
    "--follow", is_flag=True, help=f"Begin with the last {LAST} lines, or --since; wait for more until Ctrl-C."
)
@json_option
@data_dir_option
def logs(
    workers: tuple[str, ...],
    since: datetime | None,
    review: UUID | None,
    follow: bool,
    as_json: bool,
    data_dir: Path | None,
) -> None:
    """Show the logs of WORKERs, servers or the supervisor on this machine by time, rotated files included; of all by default.

    It reads the files of the data directory, so it works when nothing runs. With --json lines come as they stand there.
    """
    with bootstrap(data_dir) as parts:
        directory = parts.settings.data_dir / "logs"
        wanted = chosen(directory, workers)
        only = Filter(since, _ids(parts, review) if review else None, keep_untimed=bool(workers))
    try:
        with closing(Follower(directory, workers)) if follow else nullcontext() as follower:
            lines = merged(directory, wanted, only, until=follower.starts if follower else None)
            for line in deque(lines, LAST) if follower and since is None else lines:
                show(line, as_json=as_json)
            say_untimed(only.untimed)
            if follower is not None:
                _follow(follower, only, as_json=as_json)
    except BrokenPipeError:  # whoever read, such as `head`, has enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _follow(follower: Follower, only: Filter, *, as_json: bool) -> None:
    keep: dict[str, Callable[[LogLine], bool]] = {}
    with suppress(KeyboardInterrupt):
        while True:
            for line in follower.look():
                if keep.setdefault(line.name, only.wanted())(line):
                    show(line, as_json=as_json)
            sys.stdout.flush()
            time.sleep(EVERY)


def _ids(parts: Bootstrap, review: UUID) -> set[str]:
    """Where the event log does not answer, the review's id alone."""
    try:
        events = parts.event_log.read_stream(review)
    except ReviewstreamError as error:
        err.print(f"only lines that name the review itself: its correlation ids are unknown ({error})", soft_wrap=True)
        return {str(review)}
    if not events:
        err.print(f"the event log has no review {review}; only lines that name it", soft_wrap=True)
    return ids_of(review, events)
