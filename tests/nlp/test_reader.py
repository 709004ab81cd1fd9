from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.reading import markers
from nlp.reading.reader import ReadText, read

_WORDS = (
    "good wasn’t wasn`t wasn t don&#39;t <br> <b>bad</b> <p> </p> <3 &amp;amp; ❤️ 👨‍👩‍👧 👎🏽 … — “fine” Ｇｏｏｄ！ g\u200bood \u00a0 \u2028 क्\u200dष 部屋 \ud800 "
    "(Original) [This\u00a0review Unverified"
)
_MARKERS = (
    "✅ Trip Verified | ",
    "\n(Translated by Google) ",
    "\n(Original)\n",
    "[This review was collected as part of a promotion.] ",
)
TEXTS = st.lists(st.sampled_from([*_WORDS.split(" "), *_MARKERS, "\n"]) | st.text(max_size=5), max_size=25).map(
    " ".join
)
PLAIN = st.text(st.characters(max_codepoint=127, exclude_characters="<&`"), max_size=200)


def spans(text: ReadText) -> list[tuple[int, int]]:
    return [text.span(at, at + 1) for at in range(len(text.text))]


@given(TEXTS)
def test_every_stretch_is_one_of_the_given_text_and_the_order_stays(given_text: str) -> None:
    text = read(given_text)
    found = spans(text)
    assert all(0 <= start < end <= len(given_text) for start, end in found)
    assert all(a[0] <= b[0] and a[1] <= b[1] for a, b in pairwise(found))


@given(TEXTS.filter(lambda text: "<" not in text and "&" not in text))
def test_without_markup_what_was_written_is_what_stands_there(given_text: str) -> None:
    text = read(given_text)
    for at, (start, end) in enumerate(spans(text)):
        assert text.as_written(at, at + 1) == given_text[start:end]


@given(PLAIN.filter(lambda text: "n t" not in text.casefold()))
def test_plain_ascii_stays_as_it_is(given_text: str) -> None:
    text = read(given_text)
    assert text.text is given_text
    assert text.is_as_given
    assert text.name == "reviewstream-reading 1"


@pytest.mark.parametrize(
    ("given_text", "text"),
    [
        (
            "It isn’t, isn‘t, isnʼt, isn´t, isn`t, isn′t, isn＇t, isn t",
            "It isn't, isn't, isn't, isn't, isn't, isn't, isn't, isn't",
        ),
        ("„Fine“, «fine», “fine”", '"Fine", "fine", "fine"'),
        ("bad—really bad – but 10–12", "bad - really bad - but 10-12"),
        ("slow…awful…", "slow... awful..."),
        ("Ｇｏｏｄ！ 𝐆𝐨𝐨𝐝", "Good! Good"),
        ("go\u200bod\u00a0\ufefffood\u2028So\u00adso a\u200db", "good food\nSoso ab"),
        ("❤️ ❤", "❤ ❤"),
        ("👨‍👩‍👧 ❤️‍🔥 क्\u200dष می\u200cخواهم", "👨‍👩‍👧 ❤‍🔥 क्\u200dष می\u200cخواهم"),
        ("Une plage à l'ombre; 部屋。", "Une plage à l'ombre; 部屋。"),
        ("can t-shirts shrink? A n t", "can t-shirts shrink? A n t"),
        ("Ben &amp;amp; Jerry&amp;#39;s &lt;br&gt;", "Ben & Jerry's \n"),
    ],
)
def test_signs_are_read_as_their_plain_form(given_text: str, text: str) -> None:
    assert read(given_text).text == text


@pytest.mark.parametrize(
    "marker",
    [
        "✅ Trip Verified | ",
        "Trip Verified |",
        "Not Verified |  ",
        "✅ Verified Review |\u00a0",
        "❎ Unverified | ",
        "☑️ Trip Verified | ",
    ],
)
def test_a_verified_trip_is_no_word_of_the_review(marker: str) -> None:
    assert read(f"{marker}Smooth flight.").text == "Smooth flight."
    assert read(f"Vienna to Rome\n{marker}Smooth flight.").text == "Vienna to Rome\nSmooth flight."


def test_a_marker_within_a_sentence_is_one_of_its_words() -> None:
    for text in ("My card was not verified | at all", "Was the trip verified? Yes", "An unverified shop"):
        assert read(text).is_as_given


def test_a_marker_that_could_be_words_is_taken_off_where_the_platform_is_named() -> None:
    for platform, given_text, text in (
        ("Amazon.com", "Fits well. Read more", "Fits well. "),
        ("Steam", "Early Access Review Runs well.", "Runs well."),
        ("airbnb", "Write to (email hidden by Airbnb) first", "Write to first"),
        ("TRUSTPILOT", "Slow post.\nDate of experience: May 1, 2024", "Slow post.\n"),
    ):
        assert read(given_text, platform).text == text
        assert read(given_text).is_as_given
        assert read(given_text, "elsewhere").is_as_given


def test_every_line_of_the_table_is_read() -> None:
    assert {rule.place.partition(":")[0] for rule in markers.rules()} == {
        "start",
        "end",
        "anywhere",
        "translation",
        "original",
    }
    for rule in markers.rules():
        assert not re.compile(rule.marker).match(""), rule
        assert all(name == name.casefold() and name for name in rule.platforms), rule


@pytest.mark.parametrize(
    ("given_text", "analysed", "telling"),
    [
        ("(Translated by Google) Kind staff.\n\n(Original)\nNettes Personal.", "Kind staff.", "Nettes Personal."),
        ("Nettes Personal.\n\n(Translated by Google)\nKind staff.", "Kind staff.", "Nettes Personal."),
        ("(Original) Nettes Personal. (Translated by Google) Kind staff.", "Kind staff.", "Nettes Personal."),
        ("(Translated by Google) Kind staff.", "Kind staff.", "Kind staff."),
        ("Nettes Personal. (Translated by Google)", "Nettes Personal.", "Nettes Personal."),
        ("(Übersetzt von Google) Nettes Personal.\n\n(Original)\nKind staff.", "Kind staff.", "Kind staff."),
        ("(Traduit par Google) Personnel gentil.\n\n(Avis d’origine)\nKind staff.", "Kind staff.", "Kind staff."),
        (
            "Rome\n(Translated by Google) Kind staff.\n(Original) Nettes Personal.",
            "Rome\nKind staff.",
            "Nettes Personal.",
        ),
    ],
)
def test_of_a_translated_review_the_english_part_is_analysed(given_text: str, analysed: str, telling: str) -> None:
    text = read(given_text)
    assert (text.text, text.original) == (analysed, telling)
    assert text.name.endswith("(translation)") or "typography" in text.name
    start, end = text.span(0, len(text.text))
    assert given_text[start:end].endswith(analysed[-8:])


def test_an_original_alone_is_no_translation() -> None:
    assert read("The (original) recipe by Google engineers").is_as_given


def test_the_reader_says_what_it_read() -> None:
    assert read("<b>It’s</b> fine").name == "reviewstream-reading 1 (markup + typography)"
    assert read("Trip Verified | Fine").name == "reviewstream-reading 1 (marker)"
