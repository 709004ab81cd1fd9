"""Options of `reprocess`: which reviews, and how fast."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])
LABELS = ["positive", "neutral", "negative", "undetermined"]
CHOOSING = (
    click.option("--tenant", help="Slug of the tenant; all tenants if not given."),
    click.option("--source", help="Only reviews from there."),
    click.option("--since", type=click.DateTime(), help="Only reviews published since then (UTC)."),
    click.option("--until", type=click.DateTime(), help="Only reviews published before then (UTC)."),
    click.option("--language", help="Only reviews found to be in this language, for example en."),
    click.option("--label", type=click.Choice(LABELS), help="Only reviews with this label now."),
)
PACING = (
    click.option("--limit", type=click.IntRange(1), help="At most so many reviews; the next run takes the next ones."),
    click.option("--rate", type=click.FloatRange(min=0, min_open=True), help="At most so many reviews a second."),
    click.option(
        "--in-flight",
        type=click.IntRange(1, 1000),
        default=8,
        show_default=True,
        help="Reviews in flight at a time.",
    ),
    click.option(
        "--rest",
        type=click.FloatRange(min=0),
        default=1,
        show_default=True,
        help="After each batch, pause for so many times as long as the batch took.",
    ),
    click.option(
        "--timeout",
        "patience",
        type=click.FloatRange(min=1),
        default=120,
        show_default=True,
        help="Give up after so many seconds without a finished review.",
    ),
)


def choosing(function: F) -> F:
    """The options that select reviews."""
    return reduce(lambda made, option: option(made), reversed(CHOOSING), function)


def pacing(function: F) -> F:
    """The options that bound a run; named as streams.reprocessing.run_options.Order has them."""
    return reduce(lambda made, option: option(made), reversed(PACING), function)
