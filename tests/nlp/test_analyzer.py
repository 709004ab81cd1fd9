from __future__ import annotations

import pickle
import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.analyzer import Analyzer, AnalyzerSettings
from nlp.model import Analysis, Given, to_decimal_score
from nlp.name_key import name_key
from nlp.reading.reader import read
from tests.effort import examples

_WORDS = "The flight with Delta to New York was not good but Paris is GREAT ! 😍 schön café 部屋 \n \t :( Mr. O'Neil don't 42"
WORDS = _WORDS.split(" ")
TEXTS = st.one_of(st.text(max_size=120), st.lists(st.sampled_from(WORDS), max_size=40).map(" ".join))


def assert_valid(text: str, analysis: Analysis) -> None:
    assert 0 <= analysis.language_confidence <= 1
    assert analysis.truncated == (analysis.characters_analyzed < len(text))
    sentiment = analysis.sentiment
    assert (sentiment.score is None) == (sentiment.label == "undetermined")
    assert sentiment.score is None or -1 <= sentiment.score <= 1
    assert (
        sum((sentiment.positive, sentiment.neutral, sentiment.negative)) == pytest.approx(1, abs=0.002)
        or sentiment.neutral == 0
    )
    for hit in sentiment.evidence:
        assert text[hit.start : hit.end] == hit.text
    for entity in analysis.entities:
        assert 0 < entity.salience <= 1
        assert entity.sentiment is None or -1 <= entity.sentiment <= 1
        assert all(name_key(text[span.start : span.end]) == name_key(entity.text) for span in entity.mentions)
        assert all(a.end <= b.start for a, b in pairwise(entity.mentions))
    if analysis.entities:
        assert sum(entity.salience for entity in analysis.entities) == pytest.approx(1, abs=0.01)
    for keyword in analysis.keywords:
        assert 0 < keyword.relevance <= 1
        assert all(0 <= span.start < span.end <= analysis.characters_analyzed for span in keyword.mentions)


@given(TEXTS)
def test_any_text_has_a_valid_analysis(analyzer: Analyzer, text: str) -> None:
    (analysis,) = analyzer.analyze([text])
    assert_valid(text, analysis)


@given(st.lists(TEXTS, max_size=6))
@settings(max_examples=examples(40))
def test_a_batch_is_its_texts_one_by_one(analyzer: Analyzer, texts: list[str]) -> None:
    assert analyzer.analyze(texts) == [analyzer.analyze([text])[0] for text in texts]


def test_a_batch_of_real_reviews_is_its_texts_one_by_one(analyzer: Analyzer, real_reviews: list[str]) -> None:
    sample = real_reviews[::200]
    analyses = analyzer.analyze(sample)
    assert analyses == [analyzer.analyze([text])[0] for text in sample]
    for text, analysis in zip(sample, analyses, strict=True):
        assert_valid(text, analysis)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "a",
        "?",
        "😀",
        "👩‍👩‍👧‍👦👍🏽",
        "\u202e\u200b\ufeff",
        "\ud800 lone",
        "\U0010ffff",
        "e\u0301" * 50,
        "ﷺ",
        "İSTANBUL ẞ",
        "\x1c\x85\u2028",
    ],
    ids=ascii,
)
def test_odd_texts_have_an_analysis(analyzer: Analyzer, text: str) -> None:
    (analysis,) = analyzer.analyze([text])
    assert analysis.characters_analyzed == len(text)


FRAGMENTS = [
    "<br>",
    "<p>",
    "</b>",
    "&#39;s",
    "isn\u2019t",
    "\u2014",
    "❤️",
    "👎",
    "\u200b",
    "New&nbsp;York",
    "O\u2019Neil",
    "Trip Verified | ",
]


@given(st.lists(st.sampled_from([*WORDS, *FRAGMENTS]), max_size=30).map(" ".join))
def test_offsets_are_those_of_the_given_text_however_it_is_read(analyzer: Analyzer, text: str) -> None:
    (found,) = analyzer.analyze([Given(text, "english", "skytrax")])
    assert (found.characters_analyzed, found.truncated) == (len(text), False)
    starts = [hit.start for hit in found.sentiment.evidence]
    assert starts == sorted(starts)
    for hit in found.sentiment.evidence:
        assert seen(text[hit.start : hit.end]) == seen(hit.text)
    for entity in found.entities:
        assert all(seen(text[span.start : span.end]) == seen(entity.text) for span in entity.mentions)
    for keyword in found.keywords:
        assert all(seen(text[span.start : span.end]) == keyword.text for span in keyword.mentions)


def seen(written: str) -> str:
    """As a reader sees it, in lower case, hyphens as blanks."""
    return " ".join(read(written).text.casefold().replace("-", " ").split())


@pytest.mark.parametrize(
    ("given", "plain"),
    [
        ("The soup wasn’t warm and the crew isn’t kind.", "The soup wasn't warm and the crew isn't kind."),
        (
            "<p>Lovely view of Lisbon.</p><p>Ben &amp; Jerry&#39;s was awful.</p>",
            "Lovely view of Lisbon.\nBen & Jerry's was awful.",
        ),
        ("✅ Trip Verified | We flew to Lisbon and it was lovely.", "We flew to Lisbon and it was lovely."),
        ("Lovely pool…awful towels…never again", "Lovely pool... awful towels... never again"),
        ("We ❤️ Lisbon very much", "We ❤ Lisbon very much"),
    ],
)
def test_a_text_is_analysed_as_its_plain_form(analyzer: Analyzer, given: str, plain: str) -> None:
    one, other = analyzer.analyze([given, plain])
    assert one.sentiment.score == other.sentiment.score
    assert [(entity.text, entity.type, entity.salience) for entity in one.entities] == [
        (entity.text, entity.type, entity.salience) for entity in other.entities
    ]
    assert [(keyword.text, keyword.relevance) for keyword in one.keywords] == [
        (keyword.text, keyword.relevance) for keyword in other.keywords
    ]


def test_a_translated_review_has_the_language_of_its_author_and_the_sentiment_of_its_translation(
    analyzer: Analyzer,
) -> None:
    text = "Das Zimmer in Lissabon war schmutzig.\n\n(Translated by Google)\nThe room in Lisbon was dirty."
    (found,) = analyzer.analyze([text])
    assert (found.language, found.sentiment.label) == ("de", "negative")
    assert [(hit.text, hit.start) for hit in found.sentiment.evidence] == [("dirty", text.index("dirty"))]
    assert [entity.text for entity in found.entities] == ["Lisbon"]
    assert {keyword.text for keyword in found.keywords} == {"room", "lisbon"}


@pytest.mark.parametrize("hint", ["english", "en_US", "EN"])
def test_the_hint_decides_what_the_text_does_not_tell(analyzer: Analyzer, hint: str) -> None:
    unhinted, hinted, odd = analyzer.analyze(["Terrible", Given("Terrible", hint), Given("Terrible", "xx")])
    assert (unhinted.language, unhinted.sentiment.label) == ("und", "undetermined")
    assert odd == unhinted
    assert (hinted.language, hinted.sentiment.label) == ("en", "negative")
    assert hinted.analyzers["language"].startswith("language hint (")


def test_a_hint_neither_overrules_a_text_nor_makes_a_lexicon_speak_its_language(analyzer: Analyzer) -> None:
    sure, foreign, signs = analyzer.analyze(
        [Given("The rooms were clean.", "german"), Given("Terrible", "es-MX"), Given("👍", "german")]
    )
    assert sure.language == "en"
    assert (foreign.language, foreign.sentiment.label) == ("es", "undetermined")
    assert (signs.language, signs.sentiment.label) == ("und", "positive")


def test_a_review_is_explained(analyzer: Analyzer) -> None:
    text = "The flight with Delta to Paris was awful. But the staff of the Hilton hotel were really kind!"
    (analysis,) = analyzer.analyze([text])
    assert analysis.language == "en"
    assert analysis.sentiment.label == "positive"
    assert {hit.text for hit in analysis.sentiment.evidence} == {"awful", "kind"}
    sentiments = {entity.text: entity.sentiment or 0.0 for entity in analysis.entities}
    assert sentiments["Delta"] < 0 < sentiments["Hilton"]
    assert analysis.keywords
    assert set(analysis.analyzers) == {"reading", "language", "sentiment", "entities", "keywords", "aspects"}
    assert all(any(map(str.isdigit, name)) for name in analysis.analyzers.values())


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Das Hotel Adlon in Berlin war fatal teuer, aber der Service war super.", "de"),
        ("L'hôtel à Paris était superbe mais le petit déjeuner horrible.", "fr"),
        ("El hotel de Madrid era terrible y el desayuno estaba frío.", "es"),
        ("東京のホテルはとても良かったです。", "ja"),
        ("Отель в Москве был ужасный, завтрак холодный.", "ru"),
    ],
)
def test_other_languages_are_not_judged_by_an_english_lexicon(analyzer: Analyzer, text: str, language: str) -> None:
    (analysis,) = analyzer.analyze([text])
    assert analysis.language == language
    assert (analysis.sentiment.score, analysis.sentiment.label) == (None, "undetermined")
    assert [entity.text for entity in analysis.entities] == (["Paris"] if language == "fr" else [])


def test_a_long_text_is_cut_between_words_and_says_so(analyzer: Analyzer) -> None:
    text = "The breakfast was good. " * 4_200
    (analysis,) = analyzer.analyze([text])
    assert analysis.truncated
    assert 19_900 < analysis.characters_analyzed <= 20_000
    assert text[analysis.characters_analyzed].isspace()


def test_a_long_word_is_cut_where_the_limit_is() -> None:
    (analysis,) = Analyzer(AnalyzerSettings(max_characters=50)).analyze(["x" * 51])
    assert (analysis.characters_analyzed, analysis.truncated) == (50, True)


def test_a_text_of_exactly_the_limit_is_whole(analyzer: Analyzer) -> None:
    (analysis,) = analyzer.analyze(["good " * 4_000])
    assert (analysis.characters_analyzed, analysis.truncated) == (20_000, False)


@pytest.mark.parametrize(
    "unit", ["not good but bad ", "😡", "! ", "Delta in Paris, ", "é", "a.b ", "kind of ", "\u0301", "\n"]
)
def test_a_hundred_kilobytes_of_anything_take_a_moment(analyzer: Analyzer, unit: str) -> None:
    text = "We like the hotel and the staff very much. " + unit * (100_000 // len(unit.encode()))
    begun = time.process_time()
    (analysis,) = analyzer.analyze([text])
    assert time.process_time() - begun < 10
    assert analysis.characters_analyzed <= 20_000


def test_nothing_to_do_is_done(analyzer: Analyzer) -> None:
    assert analyzer.analyze([]) == []


def test_an_analysis_survives_pickling_and_is_small(analyzer: Analyzer) -> None:
    (analysis,) = analyzer.analyze(["The flight with Delta to Paris was awful."])
    assert pickle.loads(pickle.dumps(analysis)) == analysis
    assert len(pickle.dumps(analysis)) < 2_000


@pytest.mark.parametrize(
    ("score", "stored"),
    [
        (None, None),
        (0.125, "0.12"),
        (0.135, "0.14"),
        (-0.9999, "-1.00"),
        (1.0, "1.00"),
        (0.0, "0.00"),
        (-0.004, "0.00"),
        (1e-7, "0.00"),
    ],
)
def test_scores_are_rounded_for_decimal_columns(score: float | None, stored: str | None) -> None:
    assert str(to_decimal_score(score)) == str(stored)


def test_evidence_is_bounded_and_keeps_the_strongest() -> None:
    text = "The food is good. " * 50 + "But Paris was horrible. " * 3
    (whole,) = Analyzer().analyze([text])
    (bounded,) = Analyzer(AnalyzerSettings(max_evidence=2, max_entities=1, max_keywords=1)).analyze([text])
    assert bounded.sentiment.score == whole.sentiment.score
    assert len(bounded.sentiment.evidence) == 2
    assert min(abs(hit.valence) for hit in bounded.sentiment.evidence) == max(
        abs(hit.valence) for hit in whole.sentiment.evidence
    )
    assert [len(entity.mentions) for entity in bounded.entities] == [2]
    assert all(len(keyword.mentions) <= 2 for keyword in bounded.keywords)
    assert len(bounded.keywords) == 1


def test_settings_that_make_no_sense_are_refused() -> None:
    with pytest.raises(ValueError, match="max_characters must be at least 1"):
        AnalyzerSettings(max_characters=0)
