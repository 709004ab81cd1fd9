"""Which reviews a tenant hears about."""

from __future__ import annotations

from math import inf, nan

import pytest

from aggregates.review.notification_rule import NotificationRule
from aggregates.review.text import analysed_text
from schemas.errors import InvalidInput
from schemas.parts import Contribution
from tests.aggregates.making import NOW, after, collecting


def counted(rating: float | None = None, score: float | None = None) -> Contribution:
    return Contribution(NOW.date(), "s", "p", "neutral", score, rating, "en")


@pytest.mark.parametrize(
    ("rating", "score", "condition"),
    [
        (2.0, None, "rating<=2"),
        (2.01, None, None),
        (1.0, None, "rating<=2"),
        (None, -0.5, "sentiment<=-0.5"),
        (None, -0.49, None),
        (None, -1.0, "sentiment<=-0.5"),
        (2.0, -0.5, "rating<=2"),
        (2.01, -0.5, "sentiment<=-0.5"),
        (None, None, None),
    ],
)
def test_at_the_bound_is_told_and_just_above_is_not(rating, score, condition):
    assert NotificationRule().matches(counted(rating, score)) == condition


def test_none_switches_a_bound_off():
    assert NotificationRule(rating_at_most=None).matches(counted(1.0, 0.0)) is None
    assert NotificationRule(rating_at_most=None).matches(counted(1.0, -1.0)) == "sentiment<=-0.5"
    assert NotificationRule(None, None).matches(counted(1.0, -1.0)) is None


def test_a_bound_of_zero_is_a_bound():
    assert NotificationRule(None, 0).matches(counted(score=0.0)) == "sentiment<=0"


@pytest.mark.parametrize(
    ("settings", "rule"),
    [
        ({}, NotificationRule()),
        ({"other": 1}, NotificationRule()),
        ({"notify": {}}, NotificationRule()),
        ({"notify": {"rating_at_most": 3}}, NotificationRule(3)),
        ({"notify": {"rating_at_most": None, "sentiment_at_most": 0.25}}, NotificationRule(None, 0.25)),
    ],
)
def test_rule_comes_from_settings(settings, rule):
    assert NotificationRule.from_settings(settings) == rule


@pytest.mark.parametrize("notify", [{"rating_at_least": 3}, {"rating_at_most": 3, "x": 1}, None, [], "all", 3])
def test_settings_that_nobody_understands_are_refused(notify):
    with pytest.raises(InvalidInput, match="rating_at_most and sentiment_at_most only") as caught:
        NotificationRule.from_settings({"notify": notify})
    assert (caught.value.field, caught.value.reason) == ("settings.notify", "unknown_field")


@pytest.mark.parametrize("bound", ["2", True, [], {}, nan, inf, -inf, 10**400])
@pytest.mark.parametrize("name", ["rating_at_most", "sentiment_at_most"])
def test_bounds_are_numbers(name, bound):
    with pytest.raises(InvalidInput, match="is a number, or null to switch it off") as caught:
        NotificationRule.from_settings({"notify": {name: bound}})
    assert caught.value.field == f"settings.notify.{name}"


def test_title_and_content_are_analysed_together():
    assert analysed_text(after(collecting(title="Good", content="Quiet.")).body) == "Good\nQuiet."
    assert analysed_text(after(collecting(content="Quiet.")).body) == "Quiet."
