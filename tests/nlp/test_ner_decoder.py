"""The bulk decoder and OpenBLAS find what spaCy finds by itself."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.entities import EntityFinder
from nlp.gemm import choose_gemm
from nlp.ner_decoder import BulkDecoder
from nlp.settings import AnalyzerSettings
from tests.effort import examples

SPACY = EntityFinder("blis", bulk=False)
OURS = {gemm: EntityFinder(gemm) for gemm in ("blis", "numpy")}
WRITTEN = [
    "The flight with Delta Air Lines from New York to Paris on Monday was awful.",
    "I stayed three nights at the Grand Budapest Hotel in Vienna and paid 300 euros a night.",
    "Zoom keeps crashing on my Samsung Galaxy S21 since the update in March 2021, please fix it Microsoft Teams is better",
    "Marie from the front desk helped us find a table at Le Petit Bistro near the Louvre",
    "best   app\n\never!!! used it with Google Classroom\tand Netflix",
    "Amazon",
    "New York",
    " ",
    "\n\n",
    "Barack",
    "The United States of America and the European Union signed the Treaty of Rome in the White House",
    "...",
    "I bought it for $20 from Best Buy in Austin, Texas; UPS lost it. Twice!",
]
_PIECES = "New York City the Bank of America and Paris , . ! ? 2021 three Monday Mr. Smith 's $ 20 % \n \n\n 😀 Zoom app St. Louis's"
PIECES = _PIECES.split(" ")


def find_all(finder: EntityFinder, texts: list[str]) -> list[list[tuple[int, int, str]]]:
    finder._labels = frozenset(finder._ner.labels)  # dates and numbers too: the comparison must be complete
    return [[tuple(mention) for mention in mentions] for mentions in finder.find(texts)]


@pytest.mark.parametrize("gemm", ["blis", "numpy"])
def test_written_texts_have_the_same_entities(gemm: str) -> None:
    expected = find_all(SPACY, WRITTEN)
    assert sum(map(len, expected)) > 20
    assert find_all(OURS[gemm], WRITTEN) == expected


@pytest.mark.parametrize("gemm", ["blis", "numpy"])
def test_real_reviews_have_the_same_entities(gemm: str, real_reviews: list[str]) -> None:
    sample = real_reviews[::40]
    expected = find_all(SPACY, sample)
    assert len(sample) > 500
    assert sum(map(len, expected)) > 200
    assert find_all(OURS[gemm], sample) == expected


@given(st.lists(st.lists(st.sampled_from(PIECES), max_size=30).map(" ".join), min_size=1, max_size=4))
@settings(max_examples=examples(60))
def test_any_mixture_of_names_has_the_same_entities(texts: list[str]) -> None:
    assert find_all(OURS["numpy"], texts) == find_all(SPACY, texts)


def test_the_model_is_one_the_decoder_supports() -> None:
    assert BulkDecoder.supports(SPACY._ner)
    assert OURS["numpy"]._decoder is not None


def test_a_model_with_beam_search_is_left_to_spacy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SPACY._ner.cfg, "beam_width", 4)
    assert not BulkDecoder.supports(SPACY._ner)


def test_auto_is_numpy_where_numpy_has_a_tuned_library() -> None:
    assert choose_gemm("auto") in {"numpy", "blis"}
    assert choose_gemm("blis") == "blis"


def test_an_unknown_gemm_is_refused() -> None:
    with pytest.raises(ValueError, match="auto, numpy or blis"):
        AnalyzerSettings(gemm="fast")  # type: ignore[arg-type]
