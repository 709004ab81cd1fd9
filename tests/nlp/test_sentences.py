from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.sentences import LONGEST, sentences_of, that_matter


def split(text: str) -> list[str]:
    return [text[span.start : span.end] for span in sentences_of(text)]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Good. Bad! Ugly?", ["Good.", "Bad!", "Ugly?"]),
        ('He said "never again." We left.', ['He said "never again."', "We left."]),
        ("Mr. Smith paid 3.50 at www.example.com, e.g. for tea.", ["Mr. Smith paid 3.50 at www.example.com, e.g. for tea."]),
        ("Title\nText without an end", ["Title", "Text without an end"]),
        ("很好。下次再来！", ["很好。", "下次再来！"]),
        ("Wow!!! Really... yes", ["Wow!!!", "Really...", "yes"]),
        (" \n ", []),
        ("", []),
    ],
)  # fmt: skip
def test_where_sentences_end(text: str, sentences: list[str]) -> None:
    assert split(text) == sentences


@given(st.text(max_size=1_500))
def test_all_that_is_no_blank_is_in_one_sentence_once(text: str) -> None:
    spans = sentences_of(text)
    assert all(0 < span.end - span.start <= LONGEST for span in spans)
    assert all(before.end <= after.start for before, after in pairwise(spans))
    assert "".join("".join(each.split()) for each in split(text)) == "".join(text.split())


def test_a_long_run_without_any_end_is_linear() -> None:
    begun = time.process_time()
    assert len(sentences_of("." * 200_000 + "a " * 100_000 + "\n" * 50_000)) > 600
    assert time.process_time() - begun < 2


@given(st.lists(st.floats(0, 10), max_size=60), st.integers(1, 30))
def test_the_first_the_last_and_the_loudest_matter(weights: list[float], limit: int) -> None:
    kept = that_matter(weights, limit)
    assert kept == sorted(set(kept))
    assert len(kept) == min(limit, len(weights))
    if len(weights) > limit >= 8:
        assert {*range(4), *range(len(weights) - 4, len(weights))} <= set(kept)
        middle = [weights[i] for i in range(4, len(weights) - 4)]
        chosen = [weights[i] for i in kept if 4 <= i < len(weights) - 4]
        assert sorted(chosen) == sorted(middle, reverse=True)[: len(chosen)][::-1]
