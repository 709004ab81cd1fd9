"""What a channel may say: words for programs, texts that quote nothing."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregates.review.outcomes import LONGEST_TEXT, GivenUp, RetryLater


@pytest.mark.parametrize("reason", ["", "Timed out", "timed-out", "1st", "x" * 41, "timed_out\n"])
def test_a_reason_is_a_word(reason: str) -> None:
    for kind in (RetryLater, GivenUp):
        with pytest.raises(ValueError, match=r"^reason: is no stable word"):
            kind(reason)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("POST https://bot:secret@hooks.example/T0/B1?key=2 answered 410", "POST *** answered 410"),
        ("SMTPS://mail.example refused guest@mail.example.", "*** refused ***"),
        ("no answer within 5 s", "no answer within 5 s"),
        ("x" * 999, "x" * LONGEST_TEXT),
    ],
)
def test_a_text_names_no_address_and_is_short(text: str, kept: str) -> None:
    assert RetryLater("timed_out", text).text == kept
    assert GivenUp("gone", text).text == kept


@given(st.text(), st.sampled_from(["http", "https", "kafka+sasl_ssl", "redis"]), st.text("abc123", min_size=1))
def test_credentials_of_a_url_never_stay(before: str, scheme: str, secret: str) -> None:
    marked = f"s3cret-{secret}"
    assert marked not in GivenUp("gone", f"{before} {scheme}://user:{marked}@host/{marked}").text


def test_a_time_has_a_zone() -> None:
    with pytest.raises(ValueError, match=r"^not_before: has no zone"):
        RetryLater("throttled", not_before=datetime(2026, 1, 1))  # noqa: DTZ001 - that is the point
