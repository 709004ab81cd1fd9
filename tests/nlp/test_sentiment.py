from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from nlp.emoji import emoji_words
from nlp.sentiment import UNDETERMINED, SentimentAnalyzer, label_of

OURS = SentimentAnalyzer()
THEIRS = SentimentIntensityAnalyzer()
# Words that trigger VADER's rules, so that random texts meet them all: boosters, negations, idioms, emoji, punctuation.
_TRIGGERS = (
    "good bad GOOD Horrible great! awful?? :) :( :D 😀 😠 ❤️ x😀y 👍🏽 but BUT not isn't never so this without doubt least at very "
    "kind of sort no nor or the shit bomb bad ass bus stop yeah right to die for kiss death hardly Really !!! ??? (nice) 'love' a"
)
TRIGGERS = _TRIGGERS.split(" ")


@given(st.one_of(st.text(), st.lists(st.sampled_from(TRIGGERS), max_size=25).map(" ".join)))
def test_scores_are_vaders_to_the_last_digit(text: str) -> None:
    theirs = THEIRS.polarity_scores(text)
    ours = OURS.read(text, "en").sentiment
    assert (ours.score, ours.positive, ours.neutral, ours.negative) == tuple(
        theirs[name] for name in ("compound", "pos", "neu", "neg")
    )


def test_scores_of_real_reviews_are_vaders(real_reviews: list[str]) -> None:
    sample = real_reviews[::20]
    theirs = [THEIRS.polarity_scores(text)["compound"] for text in sample]
    assert [OURS.read(text, "en").sentiment.score for text in sample] == theirs


@given(st.lists(st.sampled_from(TRIGGERS), max_size=25).map(" ".join), st.sampled_from(["en", "und"]))
def test_evidence_stands_where_it_says(text: str, language: str) -> None:
    for hit in OURS.read(text, language).sentiment.evidence:
        assert hit.text
        assert text[hit.start : hit.end] == hit.text
        assert hit.valence != 0


def test_evidence_shows_negation_emphasis_and_but() -> None:
    evidence = {
        hit.text: hit.valence
        for hit in OURS.read("The room was not good but the view was GREAT", "en").sentiment.evidence
    }
    assert evidence["good"] < 0 < evidence["GREAT"]
    assert evidence["GREAT"] == pytest.approx((3.1 + 0.733) * 1.5)


@pytest.mark.parametrize(
    ("score", "label"),
    [(0.05, "positive"), (0.0499, "neutral"), (0.0, "neutral"), (-0.0499, "neutral"), (-0.05, "negative")],
)
def test_labels_follow_the_published_cuts(score: float, label: str) -> None:
    assert label_of(score) == label


@pytest.mark.parametrize("language", ["de", "fr", "es", "ja", "ru"])
def test_other_languages_are_undetermined_whatever_english_words_they_seem_to_contain(language: str) -> None:
    assert OURS.read("Die fatal super die 😀 :)", language).sentiment == UNDETERMINED


def test_an_emoji_speaks_every_language() -> None:
    assert OURS.read("😍😍", "und").sentiment.label == "positive"
    assert OURS.read(":-(", "und").sentiment.label == "negative"
    assert OURS.read("Die 😠", "und").sentiment.score == OURS.read("😠", "en").sentiment.score


def test_our_words_for_emoji_are_words_of_the_lexicon() -> None:
    assert all(THEIRS.lexicon[word] for word in emoji_words().values())
    assert all(len(sign) == 1 for sign in emoji_words())


@pytest.mark.parametrize(
    ("sign", "label"),
    [("👎", "negative"), ("👎🏽", "negative"), ("👍🏽", "positive"), ("🔥", "positive"), ("💩", "negative")],
)
def test_a_sign_says_what_it_says_in_a_review(sign: str, label: str) -> None:
    ours = SentimentAnalyzer(emoji_words())
    assert ours.read(sign, "und").sentiment.label == label
    assert ours.read(f"Two nights in Porto {sign}{sign}", "en").sentiment.label == label


@pytest.mark.parametrize("text", ["", "Die", "fatal", "123", "?!", "—", "great"])
def test_an_unknown_language_without_signs_is_undetermined(text: str) -> None:
    assert OURS.read(text, "und").sentiment == UNDETERMINED


def test_english_without_any_lexicon_word_is_neutral() -> None:
    sentiment = OURS.read("The parcel came on Tuesday", "en").sentiment
    assert (sentiment.score, sentiment.label, sentiment.evidence) == (0.0, "neutral", ())


@pytest.mark.parametrize("unit", ["good ", "not bad but ", ":) but ", "😡", "kiss of death ", "!", "no "])
def test_twice_the_text_takes_about_twice_the_time(unit: str) -> None:
    def cpu_seconds(characters: int) -> float:
        text = unit * (characters // len(unit))
        begun = time.process_time()
        OURS.read(text, "en")
        return time.process_time() - begun

    short = min(cpu_seconds(10_000) for _ in range(3))
    long = min(cpu_seconds(80_000) for _ in range(3))
    assert long < 8 * short * 3 + 0.02  # quadratic would be 64 times
