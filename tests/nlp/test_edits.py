from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from nlp.reading.edits import Edit, Edited, edited


@st.composite
def edits(draw: st.DrawFn) -> tuple[str, list[Edit]]:
    """A text and edits of it, in order, none of them of nothing."""
    text = draw(st.text(max_size=40))
    places = sorted(draw(st.sets(st.integers(0, len(text)), max_size=12)))
    stretches = list(pairwise(places))[:: draw(st.integers(1, 2))]
    return text, [Edit(start, end, draw(st.text(max_size=3))) for start, end in stretches]


@given(edits())
def test_every_stretch_is_found_again(case: tuple[str, list[Edit]]) -> None:
    text, made = case
    result = edited(text, made)
    found = [result.span(at, at + 1) for at in range(len(result.text))]
    assert all(0 <= start < end <= len(text) for start, end in found)
    assert all(a[0] <= b[0] and a[1] <= b[1] for a, b in pairwise(found))
    touched = {at for edit in made for at in range(edit.start, edit.end)}
    for letter, (start, end) in zip(result.text, found, strict=True):
        assert text[start:end] == letter or touched.intersection(range(start, end))
    if result.text:
        assert result.span(0, len(result.text)) == (found[0][0], found[-1][1])


@given(st.text(max_size=40))
def test_nothing_edited_is_nothing_changed(text: str) -> None:
    result = edited(text, [])
    assert (result.text, result.is_edited) == (text, False)
    assert result.spans([(0, 1)]) == [(0, 1)]


def test_a_stretch_takes_in_all_that_was_replaced_at_its_ends() -> None:
    result = edited("don&#39;t <b>buy</b>", [Edit(3, 8, "'"), Edit(10, 13, ""), Edit(16, 20, "")])
    assert result.text == "don't buy"
    assert result.span(0, 4) == (0, 8)
    assert result.span(6, 9) == (13, 16)
    assert result.span(0, 9) == (0, 16)


def test_a_text_of_which_nothing_is_left() -> None:
    assert edited("<b>", [Edit(0, 3, "")]) == Edited("")
