from __future__ import annotations

import time
from html import escape
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.reading.edits import edited
from nlp.reading.markup import edits_of_markup


def read(text: str) -> str:
    return edited(text, edits_of_markup(text)).text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("Warm pool.<br>Cold soup.<BR/>Kind staff.<br />", "Warm pool.\nCold soup.\nKind staff.\n"),
        ("<p>Warm pool.</p><p>Cold soup.</p>", "Warm pool.\nCold soup."),
        ("<p>Warm pool.</p>\n<p>Cold soup.</p>\n", "Warm pool.\nCold soup.\n"),
        ("Rooms:<ul><li>clean</li><li>small</li></ul>Fine.", "Rooms:\nclean\nsmall\nFine."),
        ("<div><div>Deep</div></div><div></div>", "Deep"),
        ('<a href="https://shop.example/best?a=1&b=2">Here</a> it <i>leaks</i>', "Here it leaks"),
        ("Bad <img src='great.png' alt=\"love > hate\" nsfw=1>view", "Bad view"),
        ("<b>wonder</b>ful", "wonderful"),
        ("I don&#39;t, won&rsquo;t &amp; can&#x27;t &#39 ", "I don't, won’t & can't ' "),
        ("<style>p {color: red}</style>Fine<SCRIPT type='x'>awful()</SCRIPT>.", "Fine."),
        ("<!-- awful -->Fine<!DOCTYPE html><?xml version='1.0'?>.", "Fine."),
        ("<o:p></o:p>Pasted from a word processor", "Pasted from a word processor"),
        ("<input disabled>On", "On"),
    ],
)
def test_html_is_read_as_a_browser_shows_it(html: str, text: str) -> None:
    assert read(html) == text


@pytest.mark.parametrize(
    "text",
    [
        "We <3 it, >:( </3", "a < b and c > d", "if a <b and c> d", "<1 mb/s", "x<y>z", "<sarcasm>Lovely</sarcasm>", "<",
        "R&D; AT&T &nothing; &copy 2020 & so on", "cut off <br", 'cut off <a href="https://', "<script>never closed",
        "<!-- never closed", "--> an arrow", "<![x] &#", "<a 'b>", "</>", "&#;", "<>",
    ],
)  # fmt: skip
def test_what_is_no_markup_stays_but_for_tags_that_are_complete(text: str) -> None:
    assert read(text) == text.replace("<script>", "")


@given(st.text())
def test_what_was_escaped_is_read_as_it_was(text: str) -> None:
    assert read(escape(text)) == text


@given(
    st.lists(
        st.sampled_from(
            [
                "<",
                ">",
                "</",
                "<b>",
                "</b>",
                "<p>",
                "<br>",
                "<!--",
                "-->",
                "<script>",
                "</script>",
                "&",
                "&amp;",
                "&#",
                ";",
                "a",
                "\n",
                "'",
                '"',
                "=",
            ]
        )
    )
)
def test_any_markup_can_be_read(parts: list[str]) -> None:
    text = "".join(parts)
    made = edits_of_markup(text)
    assert all(edit.start < edit.end for edit in made)
    assert all(a.end <= b.start for a, b in pairwise(made))


@pytest.mark.parametrize(
    "unit",
    ["<", "<a ", "<a b='", "<!--", "<script>", "&#", "&lt;", "<p>", "<!doctype ", "<![x", "<a b=c ", "-->", "</p> "],
)
def test_malformed_markup_takes_time_by_its_length(unit: str) -> None:
    begun = time.process_time()
    read(unit * (100_000 // len(unit)))
    assert time.process_time() - begun < 3  # a stray "<a " takes html.parser minutes
