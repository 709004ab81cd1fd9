"""What `--at` understands."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import click
import pytest

from cli.at import Moment

NOON = datetime(2026, 9, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("0", 0),
        (" 42 ", 42),
        ("20260901", 20260901),
        ("2026-09-01T12:00:00", NOON),
        ("2026-09-01 12:00", NOON),
        ("2026-09-01T12:00:00Z", NOON),
        ("2026-09-01T14:00:00+02:00", NOON),
        ("2026-09-01T12:00:00.000001", NOON + timedelta(microseconds=1)),
        ("2026-09-01", datetime(2026, 9, 1, 23, 59, 59, 999_999, tzinfo=UTC)),
        ("9999-12-31", datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)),
    ],
)
def test_positions_and_times(text: str, moment: int | datetime) -> None:
    found = Moment()(text)
    assert found == moment
    assert isinstance(found, int) or found.tzinfo is not None


def test_a_zone_is_kept() -> None:
    assert Moment()("2026-09-01T14:00:00+02:00").tzinfo == timezone(timedelta(hours=2))


@pytest.mark.parametrize(
    "text", ["", "-1", "+1", "1.5", "yesterday", "2026-13-01", "2026-09-01T25:00", "٣", "9" * 5_000]
)
def test_anything_else_is_refused_with_examples(text: str) -> None:
    with pytest.raises(
        click.BadParameter, match=r"neither a position .* nor a time such as 2026-09-01T12:30:00"
    ) as said:
        Moment()(text)
    assert len(said.value.message) < 300
