"""Effects of topics: those that were put in are found within their intervals, others are not clear."""

from __future__ import annotations

import numpy as np
import pytest

from nlp.topics.impact import Case, effects


def cases(count: int = 1500, *, effect: float = -1.0, seed: int = 3) -> list[Case]:
    """Ratings of two sources, one of which is worse and speaks more of queues, which themselves do harm by `effect`."""
    random = np.random.default_rng(seed)
    made = []
    for number in range(count):
        worse = bool(random.random() < 0.4)
        about = {"queue"} if random.random() < (0.5 if worse else 0.1) else set()
        about |= {"weather"} if random.random() < 0.2 else set()
        outcome = 4 - 1.5 * worse + effect * ("queue" in about) + random.normal(0, 0.5)
        made.append(Case(tuple(about), "worse" if worse else "better", f"2026-0{1 + number % 6}-01", outcome))
    return made


def test_an_effect_is_found_beside_what_the_source_does() -> None:
    found = {one.topic_id: one for one in effects(cases()).effects}
    assert found["queue"].low < -1.0 < found["queue"].high
    assert found["queue"].clear
    assert found["queue"].effect == pytest.approx(-1.0, abs=0.1)
    assert not found["weather"].clear
    assert next(iter(found)) == "queue"


def test_no_effect_is_seldom_clear() -> None:
    clear = [one.clear for seed in range(12) for one in effects(cases(300, effect=0, seed=seed), draws=100).effects]
    assert sum(clear) <= 5  # of 24, one in twenty by chance


def test_the_same_cases_give_the_same_numbers() -> None:
    assert effects(cases(200)) == effects(cases(200))


def test_topics_in_few_reviews_are_named_and_not_estimated() -> None:
    found = effects(
        [*cases(100), Case(("rare",), "better", "2026-01-01", 5.0), Case(("rare",), "x", "2026-01-01", None)]
    )
    assert found.too_few == ("rare",)
    assert found.reviews == 101
    assert effects([]).effects == ()
