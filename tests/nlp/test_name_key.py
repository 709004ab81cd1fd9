from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.name_key import initials, name_key, trimmed


@pytest.mark.parametrize(
    "names",
    [
        ("BA", "ba", "BA's", "the BA", "BA\u2019s", "BA."),
        ("British Airways", "British Airways'", "BRITISH AIRWAYS", "british  airways", "The British Airways"),
        ("Chromebook", "Chromebooks", "chromebook's"),
        ("Wi-Fi", "wi fi"),
    ],
)
def test_spellings_of_one_name_have_one_key(names: tuple[str, ...]) -> None:
    assert len(set(map(name_key, names))) == 1


@pytest.mark.parametrize(
    ("one", "other"), [("Paris", "Pari"), ("US", "U"), ("Emirates", "Emirate Group"), ("BA", "BAA"), ("iOS", "io")]
)
def test_other_names_have_other_keys(one: str, other: str) -> None:
    assert name_key(one) != name_key(other)


@pytest.mark.parametrize(
    ("key", "short"), [("british airway", "ba"), ("bank of america", "boa"), ("university of warsaw", "uw")]
)
def test_initials(key: str, short: str) -> None:
    assert short in initials(key)


def test_one_word_has_no_initials() -> None:
    assert initials("delta") == frozenset()


@given(st.text(min_size=1, max_size=40))
def test_a_key_of_any_name_is_not_empty_and_ignores_case(name: str) -> None:
    assert name_key(name)
    assert name_key(name.casefold()) == name_key(name)


@given(st.text(max_size=30), st.integers(0, 30), st.integers(0, 30))
def test_trimming_stays_within(text: str, one: int, other: int) -> None:
    start, end = sorted((min(one, len(text)), min(other, len(text))))
    first, last = trimmed(text, start, end)
    assert start <= first <= last <= end
    assert (first < last) == (start < end)
