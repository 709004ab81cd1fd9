"""Topics of made-up reviews: they are found, named, kept while reviews come in, and assigned with confidence."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.topics.assignment import Assigner, with_examples
from nlp.topics.choice import best
from nlp.topics.fitting import first_fit, parts_of, warm_fit
from nlp.topics.model import Fit
from nlp.topics.words import coherence, words_of
from nlp.vectors import packed
from schemas.errors import InvalidInput
from schemas.parts import TopicShare
from schemas.topic_parts import TopicCount
from tests.nlp.topics.making import DIMENSIONS, THINGS, sample


@pytest.fixture(scope="module")
def fit() -> Fit:
    return first_fit(sample(240))


def assigner(fit: Fit) -> Assigner:
    owners = [str(number) for number in range(len(fit.found))]
    bounds = {"least_confidence": fit.least_confidence, "least_cosine": fit.least_cosine}
    return Assigner([each.centre for each in fit.found], owners, sharpness=fit.sharpness, **bounds)


def test_as_many_topics_are_found_as_there_are_and_named_by_their_words(fit: Fit) -> None:
    assert {frozenset(each.keywords) for each in fit.found} == {frozenset(words) for words in THINGS}
    assert all(each.stability > 0.9 and each.coherence > 0 for each in fit.found)
    assert sum(each.size for each in fit.found) == 240


def test_the_same_reviews_give_the_same_topics(fit: Fit) -> None:
    again = first_fit(sample(240))
    assert (again.found, again.sharpness, again.least_cosine) == (fit.found, fit.sharpness, fit.least_cosine)


def test_a_tenth_more_reviews_move_hardly_any() -> None:
    noisy = first_fit(sample(400, noise=0.35), count=4)
    warm = warm_fit(sample(440, noise=0.35), [each.centre for each in noisy.found])
    assert (warm.groups[:400] == noisy.groups).mean() >= 0.95


def test_a_pinned_centre_stays(fit: Fit) -> None:
    centres = [each.centre for each in fit.found]
    warm = warm_fit(sample(240, noise=0.4), centres, fixed=[1])
    assert warm.found[1].centre == centres[1]
    assert warm.found[0].centre != centres[0]


def test_a_topic_is_split_into_what_it_holds() -> None:
    two = first_fit(sample(240), count=2)
    group = int(np.bincount(two.groups).argmax())
    parts = parts_of(sample(240), two.groups, group, 2)
    assert len(parts) == 2
    assert sum(part.size for part in parts) == two.found[group].size


def test_too_few_reviews_are_refused() -> None:
    with pytest.raises(InvalidInput, match="reviews: 10 have a vector"):
        first_fit(sample(10))
    with pytest.raises(InvalidInput, match="into: the topic has"):
        parts_of(sample(40), np.array([0] * 3 + [1] * 37), 0, 2)


def test_a_review_has_its_topic_and_one_like_none_has_none(fit: Fit) -> None:
    found = assigner(fit)
    known = sample(40, first=1000)
    topics = [shares[0].topic_id if shares else None for shares in found.shares(known.vectors)]
    assert topics.count(None) <= 4
    for thing in range(4):
        assert len(set(topics[thing::4]) - {None}) == 1
    strange = np.zeros(DIMENSIONS)
    strange[20] = 1
    assert found.shares([packed(strange)]) == [()]


@settings(max_examples=30)
@given(st.integers(1, 30), st.integers(0, 29))
def test_topics_do_not_depend_on_who_is_assigned_with_whom(count: int, at: int) -> None:
    vectors = sample(30, noise=0.6).vectors
    found = Assigner(vectors[:5], ["a", "b", "a", "c", "d"], sharpness=9, least_confidence=0.1, least_cosine=-1)
    assert found.shares(vectors)[at : at + count] == found.shares(vectors[at : at + count])
    for shares in found.shares(vectors):
        confidences = [share.confidence for share in shares]
        assert confidences == sorted(confidences, reverse=True)
        assert sum(confidences) <= 1.01
        assert len({share.topic_id for share in shares}) == len(shares) <= 3


def test_an_example_has_its_topic_for_certain() -> None:
    shares = (TopicShare("a", 0.7), TopicShare("b", 0.2))
    assert with_examples("r", shares, {"r": "b"}) == (TopicShare("b", 1.0), TopicShare("a", 0.7))
    assert with_examples("x", shares, {"r": "b"}) == shares


def test_confidence_is_how_often_another_fit_agrees() -> None:
    noisy = first_fit(sample(400, noise=0.5), count=4)
    shares = [each[0].confidence for each in assigner(noisy).shares(sample(400, noise=0.5).vectors) if each]
    stable = np.average([each.stability for each in noisy.found], weights=[each.size for each in noisy.found])
    assert np.mean(shares) == pytest.approx(max(float(stable), 0.35), abs=0.06)


def test_names_praise_and_rare_words_name_nothing() -> None:
    words = words_of(sample(80).texts, sample(80).languages, {"pillow-shop"})
    names = set(words.names)
    assert "pillow" not in names
    assert not names & {"great", "the", "were", "person1"}
    assert coherence(words, ["boarding", "gate", "queue"]) > coherence(words, ["boarding", "coffee", "router"])


def test_texts_without_words_make_topics_without_names() -> None:
    made = sample(60)
    empty = type(made)(made.ids, made.vectors, ("",) * 60, made.languages)
    assert all(each.keywords == () for each in first_fit(empty, count=2).found)


def test_the_most_coherent_of_the_stable_is_chosen() -> None:
    tried = (TopicCount(3, 0.1, 0.9), TopicCount(6, 0.2, 0.7), TopicCount(9, 0.3, 0.4))
    assert best(tried).topics == 6
    assert best((TopicCount(3, 0.1, 0.4), TopicCount(6, 0.2, 0.38))).topics == 6
