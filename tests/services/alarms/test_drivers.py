"""What stands out among an alarm's reviews."""

from __future__ import annotations

from services.alarms.drivers import Frequency, drivers, frequencies


def test_what_is_new_stands_out_and_what_is_as_usual_does_not() -> None:
    known = [
        Frequency("keyword", "lift", 8, 1),
        Frequency("keyword", "view", 5, 100),
        Frequency("entity", "harbour", 2, 40),
    ]
    (lift,) = drivers(known, 10, 200)
    assert (lift.kind, lift.text, lift.reviews) == ("keyword", "lift", 8)
    assert 0 < lift.expected < 1
    assert lift.strength > 3


def test_one_review_is_no_driver_and_no_past_tells_nothing() -> None:
    assert drivers([Frequency("keyword", "lift", 1, 0)], 10, 200) == ()
    assert drivers([Frequency("keyword", "lift", 9, 0)], 10, 0) == ()


def test_counts_become_frequencies_and_the_strongest_come_first() -> None:
    found = frequencies("source", {"quay": 9, "harbour": 6}, {"harbour": 150, "quay": 10})
    assert [each.text for each in drivers([*found, Frequency("topic", "t", 10, 3)], 15, 200)] == ["t", "quay"]
