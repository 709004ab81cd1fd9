from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.hinted import with_hint
from nlp.language import LANGUAGES, NO_LANGUAGE, Verdict
from nlp.language_hint import language_of


@pytest.mark.parametrize(
    ("hint", "language"),
    [
        ("de", "de"), ("DE", "de"), ("de-AT", "de"), ("de_CH.UTF-8", "de"), ("ger", "de"), ("deu", "de"), ("German", "de"),
        ("Deutsch", "de"), (" Swiss German ", "de"), ("de-DE,de;q=0.9,en;q=0.5", "de"), ("German (Austria)", "de"),
        ("zh-Hant-TW", "zh"), ("tchinese", "zh"), ("Chinese (Traditional)", "zh"), ("latam", "es"), ("iw", "he"), ("nb-NO", "no"),
        ("sr@latin", "sr"), ("日本語", "ja"), ("norwegian bokmål", "no"),
    ],
)  # fmt: skip
def test_a_hint_in_any_form_is_understood(hint: str, language: str) -> None:
    assert language_of(hint) == language


@pytest.mark.parametrize(
    "hint",
    [None, "", " ", "xx", "xx-YY", "*", "und", "mul", "1031", "0", "nan", "null", "n/a", "German/English", "q" * 500],
)
def test_what_cannot_be_understood_is_no_hint(hint: str | None) -> None:
    assert language_of(hint) is None


@given(st.text() | st.from_regex(r"[A-Za-z]{2,8}([-_][A-Za-z0-9]{1,8})*", fullmatch=True))
def test_any_hint_is_a_language_or_none(hint: str) -> None:
    language = language_of(hint)
    assert language is None or (len(language) == 2 and language_of(language) == language)


def test_every_language_that_is_detected_can_be_hinted_at() -> None:
    assert all(language_of(language) == language for language in LANGUAGES if language != NO_LANGUAGE)


def test_a_hint_counts_where_the_text_does_not_tell() -> None:
    assert with_hint(Verdict("und", 0.1), "Super", "german") == ("de", 0.1)
    assert with_hint(Verdict("und", 0.1), "Super", "xx") == ("und", 0.1)
    assert with_hint(Verdict("fr", 0.7), "Super", "german") == ("fr", 0.7)
    assert with_hint(Verdict("und", 0.0), "👍 10/10", "german") == ("und", 0.0)
