"""What a processing version changed, on a real log: against a count made by hand, and as an invariant."""

from __future__ import annotations

import json
from collections import Counter
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eventstore.log import EventLog
from projections.queries.jsonable import jsonable
from projections.queries.reprocessing_candidates import Chosen
from projections.queries.version_changes import compare_versions
from tests.effort import examples
from tests.projections.making import ACME, NOON, OTHER, History, Review

LABELS = ("positive", "neutral", "negative", "undetermined")
SCORES = {"positive": 0.5, "neutral": 0.0, "negative": -0.5, "undetermined": None}


def analysed(review: Review, version: str, label: str, **found: Any) -> Review:
    """A whole reprocessing, or with version p1 the first analysis."""
    if version != "p1":
        review.reprocessing(version)
    score = found.pop("score", SCORES[label])
    return review.processed(version=version, **found).sentiment(label, score, version=version).updated().notified()


def fresh(history: History, name: str, label: str, **body: Any) -> Review:
    return analysed(history.review(name, **body).collected().stored(), "p1", label)


def test_labels_scores_and_findings_are_compared_by_source(log: EventLog, history: History) -> None:
    turned = analysed(
        fresh(history, "turned", "positive", source="pier"), "p2", "negative",
        entities=[("Pier", "LOC", 0.5, None), ("Maria", "PERSON", 0.5, None)], keywords=[],
    )  # fmt: skip
    analysed(fresh(history, "same", "positive", source="pier"), "p2", "positive", score=0.6)
    lost = analysed(fresh(history, "lost", "neutral"), "p2", "undetermined", language="de")
    history.save(log)
    found = compare_versions(log, "p2").as_json()
    assert (found["position"], found["waiting"], found["alone"]) == (log.head(), 0, 0)
    assert list(found["sources"]) == ["harbour-hotel", "pier"]
    assert found["sources"]["pier"] == {
        "compared": 2, "labels_changed": 1, "languages_changed": 0,
        "entities_gained": 2, "entities_lost": 1, "keywords_gained": 0, "keywords_lost": 1,
        "mean_score_shift": 0.55,
        "labels": [{"old": "positive", "new": new, "reviews": 1} for new in ("negative", "positive")],
    }  # fmt: skip
    assert found["sources"]["harbour-hotel"]["mean_score_shift"] is None
    assert (found["total"]["compared"], found["total"]["labels_changed"], found["total"]["languages_changed"]) == (
        3,
        2,
        1,
    )
    assert [each.review_id for each in found["examples"]] == [lost.id, turned.id]
    assert found["analyzers"] == {side: {"entities": ["spacy"]} for side in ("old", "new")}


def test_only_results_of_the_same_text_are_compared(log: EventLog, history: History) -> None:
    review = analysed(fresh(history, "revised", "positive"), "p2", "negative")
    analysed(review.revised(content="Another text.").stored(), "p1", "neutral")
    analysed(review, "p2", "neutral")
    history.save(log)
    assert compare_versions(log, "p2").total.matrix == {("positive", "negative"): 1, ("neutral", "neutral"): 1}


def test_a_version_is_compared_with_what_stood_before_or_with_the_one_that_is_named(
    log: EventLog, history: History
) -> None:
    review = analysed(analysed(fresh(history, "thrice", "positive"), "p2", "neutral"), "p3", "negative")
    waits = fresh(history, "waits", "positive").reprocessing("p3")
    history.save(log)
    assert compare_versions(log, "p3").total.matrix == {("neutral", "negative"): 1}
    assert compare_versions(log, "p3", against="p1").total.matrix == {("positive", "negative"): 1}
    assert compare_versions(log, "p2").total.matrix == {("positive", "neutral"): 1}
    unknown = compare_versions(log, "p3", against="p0")
    assert (unknown.total.compared, unknown.alone, unknown.waiting) == (0, 1, 1)
    assert compare_versions(log, "never").total.compared == 0
    assert review.id != waits.id


@pytest.mark.parametrize(
    ("chosen", "names"),
    [
        (Chosen(tenant_id=ACME), {"one", "two"}),
        (Chosen(tenant_id=OTHER), {"three"}),
        (Chosen(source="pier"), {"two"}),
        (Chosen(label="negative"), {"two"}),
        (Chosen(language="en", label="positive"), {"one", "three"}),
        (Chosen(since=NOON + timedelta(days=1)), {"three"}),
        (Chosen(until=NOON + timedelta(days=1)), {"one", "two"}),
        (Chosen(source="nowhere"), set()),
    ],
)
def test_filters_speak_of_the_old_result(log: EventLog, history: History, chosen: Chosen, names: set[str]) -> None:
    late = {"tenant": OTHER, "published_at": NOON + timedelta(days=2)}
    made = {
        "one": fresh(history, "one", "positive"),
        "two": fresh(history, "two", "negative", source="pier"),
        "three": fresh(history, "three", "positive", **late),
    }
    for review in made.values():
        analysed(review, "p2", "neutral", language="de")
    history.save(log)
    found = compare_versions(log, "p2", chosen=chosen)
    assert {each.review_id for each in found.examples} == {made[name].id for name in names}
    assert found.total.compared == len(names)


def test_no_text_of_a_review_is_in_the_report(log: EventLog, history: History) -> None:
    analysed(fresh(history, "one", "positive", content="A secret harbour.", title="Secret"), "p2", "negative")
    history.save(log)
    text = json.dumps(jsonable(compare_versions(log, "p2").as_json()))
    assert "ecret" not in text
    assert "Somebody" not in text


@settings(max_examples=examples(20))
@given(
    turns=st.lists(
        st.tuples(st.sampled_from(LABELS), st.sampled_from(LABELS), st.sampled_from(["pier", "harbour"])), max_size=30
    ),
    examples=st.integers(0, 5),
)
def test_the_matrix_adds_up(log: EventLog, turns: list[tuple[str, str, str]], examples: int) -> None:
    history, version = History(), str(uuid4())
    ids: list[UUID] = []
    for number, (old, new, source) in enumerate(turns):
        review = fresh(history, f"{version}-{number}", old, source=source)
        ids.append(analysed(review, version, new).id)
    history.save(log) if turns else None
    found = compare_versions(log, version, examples=examples)
    assert found.total.matrix == Counter((old, new) for old, new, _ in turns)
    assert sum((changes.matrix for changes in found.sources.values()), Counter()) == found.total.matrix
    assert found.total.compared == len(turns) == sum(changes.compared for changes in found.sources.values())
    changed = {review for review, (old, new, _) in zip(ids, turns, strict=True) if old != new}
    assert found.total.labels_changed == len(changed)
    shown = [each.review_id for each in found.examples]
    assert len(shown) == len(set(shown)) == min(examples, len(changed))
    assert set(shown) <= changed
    assert compare_versions(log, version, examples=examples) == found
