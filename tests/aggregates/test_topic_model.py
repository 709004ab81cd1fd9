"""The theme editor: ids stay, what people changed survives fits, and every edit can be taken back."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregates.ids import topic_model_id
from aggregates.topic_model import editing
from aggregates.topic_model.aggregate import TopicModel
from aggregates.topic_model.editing import Editor
from aggregates.topic_model.fitting import FitFacts, record_first, record_warm
from aggregates.topic_model.undoing import undo
from schemas.errors import InvalidInput, NotAllowed
from schemas.topic_parts import Topic

BY = Editor("an operator", datetime(2026, 3, 1, tzinfo=UTC))
FACTS = FitFacts("e", (), "because", 10.0, 0.3, 0.1, 100, 100, 0, 0)
REVIEWS = ("r1", "r2", "r3")


def found(number: int, centre: int | None = None) -> Topic:
    return Topic(
        "", "", (f"word{number}", "more"), 10 + number, 0.1, 0.9, bytes([number if centre is None else centre])
    )


def fitted(count: int = 4) -> TopicModel:
    model = TopicModel(topic_model_id(UUID(int=7)))
    return model.after(record_first(model, [found(n) for n in range(count)], FACTS, BY))


def ids(model: TopicModel) -> list[str]:
    return [topic.topic_id for topic in model.topics]


def refit(model: TopicModel, moved: int = 50) -> tuple[Any, ...]:
    new = {topic.topic_id: found(9, moved) for topic in model.attracting()}
    return record_warm(model, new, FACTS, BY)


def renaming(at: int, name: str) -> Callable[[TopicModel], tuple[Any, ...]]:
    return lambda model: editing.rename(model, _at(model, at), name, BY)


def _at(model: TopicModel, number: int) -> str:
    return model.topics[number % len(model.topics)].topic_id


@st.composite
def commands(draw: st.DrawFn) -> Callable[[TopicModel], tuple[Any, ...]]:
    at, other, flag = draw(st.integers(0, 9)), draw(st.integers(0, 9)), draw(st.booleans())
    parts = [found(n, 100 + n) for n in range(draw(st.integers(2, 3)))]
    reviews = draw(st.lists(st.sampled_from(REVIEWS), min_size=1))
    number = draw(st.none() | st.integers(1, 12))
    return draw(
        st.sampled_from(
            [
                renaming(at, draw(st.sampled_from(["", "Gate", "Food", "Crew"]))),
                lambda model: editing.hide(model, _at(model, at), hidden=flag, by=BY),
                lambda model: editing.pin(model, _at(model, at), pinned=flag, by=BY),
                lambda model: editing.merge(model, [_at(model, at)], _at(model, other), BY),
                lambda model: editing.move(model, _at(model, at), _at(model, other) if flag else None, BY),
                lambda model: editing.split(model, _at(model, at), parts, BY),
                lambda model: editing.add_examples(model, _at(model, at), reviews, bytes([77]), BY),
                lambda model: undo(model, number, BY),
                lambda model: refit(model, other),
            ]
        )
    )


def told(story: list[Callable[[TopicModel], tuple[Any, ...]]]) -> TopicModel:
    model = fitted()
    for command in story:
        with suppress(NotAllowed, InvalidInput):
            model = model.after(command(model))
    return model


STORIES = st.lists(commands(), max_size=12)


@settings(max_examples=150)
@given(STORIES)
def test_what_a_review_counts_for_always_stands(story: Any) -> None:
    model = told(story)
    for topic in model.attracting():
        assert model.by_id[model.root(topic.topic_id)] in model.standing()
    for topic in model.topics:
        assert {topic.parent, topic.merged_into} - {None} <= set(ids(model))
    assert len(ids(model)) == len(set(ids(model)))
    assert len(examples := [each for topic in model.topics for each in topic.examples]) == len(set(examples))
    names = [topic.name.casefold() for topic in model.topics if topic.name]
    assert len(names) == len(set(names))


@settings(max_examples=150)
@given(STORIES, commands())
def test_undoing_an_edit_restores_the_topics(story: Any, command: Any) -> None:
    model = told(story)
    with suppress(NotAllowed, InvalidInput):
        edited = model.after(command(model))
        if len(edited.edits) > len(model.edits):
            number = edited.edits[-1].edit
            undone = edited.after(undo(edited, number, BY))
            assert undone.by_id == model.by_id
            assert undone.after(undo(undone, number + 1, BY)).by_id == edited.by_id


@settings(max_examples=100)
@given(STORIES)
def test_a_fit_changes_nothing_that_people_changed_and_no_id(story: Any) -> None:
    model = told(story)
    after = model.after(refit(model))
    assert ids(after) == ids(model)
    for topic in model.topics:
        names = ("name", "hidden", "pinned", "merged_into", "parent", "divided", "examples")
        assert all(getattr(after.by_id[topic.topic_id], name) == getattr(topic, name) for name in names)
        if topic.pinned:
            assert after.by_id[topic.topic_id].centre == topic.centre


def test_an_edit_is_undone_after_a_fit_and_the_fit_stays() -> None:
    model = fitted()
    first, second, *_ = ids(model)
    merged = model.after(editing.merge(model, [first], second, BY))
    assert merged.root(first) == second
    undone = (again := merged.after(refit(merged))).after(undo(again, None, BY))
    assert undone.root(first) == first
    assert undone.by_id[first].centre == bytes([50])


def test_a_later_edit_of_the_same_stands_in_the_way() -> None:
    model = fitted()
    first = ids(model)[0]
    model = model.after(editing.rename(model, first, "Gate", BY))
    model = model.after(editing.rename(model, first, "Boarding", BY))
    with pytest.raises(NotAllowed, match="edit 1 cannot be undone"):
        undo(model, 1, BY)
    assert model.after(undo(model, None, BY)).by_id[first].name == "Gate"


def test_a_split_whose_part_holds_another_is_undone_last() -> None:
    model = fitted()
    first, second, *_ = ids(model)
    model = model.after(editing.split(model, first, [found(1), found(2)], BY))
    part = ids(model)[-1]
    model = model.after(editing.merge(model, [second], part, BY))
    with pytest.raises(NotAllowed, match="merged into"):
        undo(model, 1, BY)


@pytest.mark.parametrize(
    ("command", "what"),
    [
        (renaming(0, "x" * 201), "name: has more than 200"),
        (lambda model: editing.merge(model, ids(model)[:1], ids(model)[0], BY), "topic: a topic cannot be merged"),
        (lambda model: editing.move(model, ids(model)[0], ids(model)[0], BY), "parent: a topic cannot"),
        (lambda model: editing.split(model, ids(model)[0], [found(1)], BY), "into: a topic is split"),
        (lambda model: undo(model, 9, BY), "edit: there is no edit 9"),
        (lambda model: model.named("nowhere"), "topic: there is no topic"),
        (lambda model: model.named(""), "topic: there is no topic"),
    ],
)
def test_what_cannot_be_is_refused_by_the_name_of_its_field(command: Any, what: str) -> None:
    with pytest.raises(InvalidInput, match=what):
        command(fitted())


def test_names_are_taken_once_and_found_in_any_case() -> None:
    model = fitted()
    first, second, *_ = ids(model)
    model = model.after(editing.rename(model, first, "  Gate   B ", BY))
    assert model.named("gate b").topic_id == first
    assert model.named(second[:8]).topic_id == second
    with pytest.raises(InvalidInput, match="another topic is called"):
        editing.rename(model, second, "GATE B", BY)


def test_without_topics_edits_are_refused() -> None:
    model = TopicModel(UUID(int=1))
    with pytest.raises(NotAllowed, match="topics fit"):
        _ = model.fitted
    with pytest.raises(NotAllowed, match="there is no edit to undo"):
        undo(model, None, BY)
    with pytest.raises(NotAllowed, match="another encoder"):
        record_warm(fitted(), {}, replace(FACTS, encoder="other"), BY)
