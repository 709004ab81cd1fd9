"""What a text speaks of and how: terms, clauses, labels, spans."""

from __future__ import annotations

import gc
import time
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.aspects.clauses import clauses, tokens
from nlp.aspects.finder import MOST, NOTHING_KNOWN, AspectFinder, Known, vader_valences
from nlp.aspects.judging import BAND, combined, label_of
from nlp.aspects.lexicon import lexicon
from nlp.aspects.phrases import Phrases
from nlp.aspects.terms import commonness
from schemas.errors import InvalidInput

VALENCES = vader_valences()
PIECES = [
    "the battery",
    "great ",
    "poor",
    " but ",
    ", ",
    ". ",
    "; ",
    "\n",
    "it is ",
    "screen",
    "İstanbul",
    "\ud800",
    "\x00",
    "can't",
    "🎉",
]


@pytest.fixture(scope="module")
def finder() -> AspectFinder:
    return AspectFinder()


def by_words(texts: Sequence[str]) -> list[float | None]:
    """A polarity that is easy to follow: the mean valence of the words, None without any."""
    found = [[VALENCES[t.word] for t in tokens(text) if t.word in VALENCES] for text in texts]
    return [0.5 + sum(each) / len(each) / 8 if each else None for each in found]


def said(finder: AspectFinder, text: str, known: Known = NOTHING_KNOWN) -> dict[str, str]:
    return {each.term: each.label for each in finder.find([text], by_words, known)[0]}


@pytest.mark.parametrize(
    ("text", "split"),
    [
        ("The pictures are great but the battery is poor.", ["The pictures are great", "but the battery is poor."]),
        ("Although the screen is small, it works.", ["Although the screen is small,", "it works."]),
        ("The staff was kind, the room was dirty.", ["The staff was kind,", "the room was dirty."]),
        ("Nice sound; awful remote", ["Nice sound;", "awful remote"]),
        ("The case is small, light and cheap.", ["The case is small, light and cheap."]),
        ("Good. Bad!!! Mr. X left", ["Good.", "Bad!!!", "Mr. X left"]),
    ],
)
def test_a_clause_ends_where_another_judgement_may_begin(text: str, split: list[str]) -> None:
    words = tokens(text)
    assert [text[words[c.first].start : words[c.end - 1].end] for c in clauses(words)] == split


def test_each_clause_judges_its_own_terms(finder: AspectFinder) -> None:
    text = "The pictures are great but the battery is terrible."
    pictures, battery = finder.find([text], by_words)[0]
    assert (pictures.text, pictures.term, pictures.label) == ("pictures", "picture", "positive")
    assert (battery.text, battery.term, battery.label) == ("battery", "battery", "negative")
    assert text[battery.clause.start : battery.clause.end] == "but the battery is terrible."


def test_without_evidence_or_within_the_band_nothing_is_said(finder: AspectFinder) -> None:
    assert said(finder, "The battery is in the box.", Known(Phrases(["battery"])))["battery"] == "undetermined"
    assert [label_of(p) for p in (None, 0.5, BAND[0], BAND[1])] == [
        "undetermined",
        "undetermined",
        "negative",
        "positive",
    ]


def test_a_sentence_softens_what_its_clause_says() -> None:
    assert combined(None, [(None, 3)]) is None
    alone, among_bad = combined(0.8, [(0.8, 5)]), combined(0.8, [(0.8, 5), (0.1, 5), (None, 9)])
    assert alone == 0.8
    assert among_bad is not None
    assert 0.5 < among_bad < alone


def test_phrases_of_the_tenant_are_terms_whatever_they_are(finder: AspectFinder) -> None:
    known = Known(Phrases(["Go Live", "harbour views"]))
    assert said(finder, "We love GO LIVE and the harbour view!", known) == {
        "go live": "positive",
        "harbour view": "positive",
    }
    assert said(finder, "I hate my zorp", Known(topic_words=frozenset(["zorp"]))) == {"zorp": "negative"}


def test_the_polarity_is_asked_once_for_clauses_of_sentences_with_terms(finder: AspectFinder) -> None:
    asked: list[Sequence[str]] = []

    def polarity(texts: Sequence[str]) -> list[float | None]:
        asked.append(texts)
        return [0.9] * len(texts)

    finder.find(["The battery is great. I went home.", "The battery is great.", ""], polarity)
    assert asked == [["The battery is great."]]
    with pytest.raises(InvalidInput, match="answered for 0 of 1"):
        finder.find(["The battery is great."], lambda _: [])


def test_what_many_reviews_speak_of_is_common() -> None:
    reviews = ["The gizmo broke.", "A gizmo, a lid and a lamp!", "The lamp.", "The lid of the gizmo", "A bolt."]
    found = commonness(reviews, VALENCES)
    assert found == {"gizmo": 1.0, "lid": 1.0, "lamp": 1.0}
    assert commonness([], VALENCES) == {}


@pytest.mark.parametrize(
    ("word", "one"),
    [("batteries", "battery"), ("lenses", "lens"), ("men", "man"), ("bus", "bus"), ("apps", "app"), ("news", "news")],
)
def test_terms_are_joined_by_their_singular(word: str, one: str) -> None:
    assert lexicon().singular(word) == one


@given(st.text() | st.lists(st.sampled_from(PIECES) | st.text(max_size=5), max_size=40).map("".join))
def test_any_text_has_aspects_within_it(finder: AspectFinder, text: str) -> None:
    (found,) = finder.find([text], by_words, Known(Phrases(["screen"]), frozenset(["battery"])))
    assert (found,) == tuple(finder.find([text], by_words, Known(Phrases(["screen"]), frozenset(["battery"]))))
    for each in found:
        assert text[each.at.start : each.at.end] == each.text
        assert 0 <= each.clause.start <= each.at.start < each.at.end <= each.clause.end <= len(text)
        assert 0 < len(each.term) <= 400
        assert each.label in {"positive", "negative", "undetermined"}
        assert each.probability is None or 0 <= each.probability <= 1
    assert [each.at.start for each in found] == sorted(each.at.start for each in found)


@given(st.lists(st.sampled_from(PIECES), max_size=60).map("".join))
def test_clauses_hold_every_word_once(text: str) -> None:
    words = tokens(text)
    held = [i for clause in clauses(words) for i in range(clause.first, clause.end)]
    assert held == list(range(len(words)))


@pytest.mark.parametrize("piece", ["battery ", "great battery ", "a.", "but ", ", and it is ", "!", "x", "\n", "ing"])
def test_time_is_linear_whatever_is_written(finder: AspectFinder, piece: str) -> None:
    finder.find([piece * 100], by_words)
    gc.disable()  # the garbage of a whole run is not ours
    try:
        short, long = (min(_seconds(finder, piece * n) for _ in range(2)) for n in (2_000, 16_000))
    finally:
        gc.enable()
    assert long < max(8 * short * 3, 0.3)


def _seconds(finder: AspectFinder, text: str) -> float:
    begun = time.process_time()
    finder.find([text], by_words)
    return time.process_time() - begun


def test_of_very_many_aspects_the_first_are_kept_and_the_others_counted(finder: AspectFinder) -> None:
    before = finder.dropped
    (found,) = finder.find(["The battery is great. " * (MOST + 5)], by_words)
    assert (len(found), finder.dropped - before) == (MOST, 5)
