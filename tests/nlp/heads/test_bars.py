from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.heads.bars import TABLE, Bars, bars, bars_of
from nlp.heads.kinds import KINDS
from nlp.language import LANGUAGES

LEAST_RIGHT, LEAST_ENGLISH = 0.84, 0.80
"""Of the decided, on the half that bars were not chosen on; a language has some 150 texts there."""


def test_where_nothing_was_measured_nothing_is_said() -> None:
    assert bars_of("multilingual", "sw") is None
    assert bars_of("minilm", "fr") is None
    assert Bars(1.0, 0.0, None, None).label(0.999) == "undetermined"


def test_between_the_bars_nothing_is_said() -> None:
    for found in bars().values():
        if found.positive_from is not None and found.negative_to is not None:
            assert found.label((found.positive_from + found.negative_to) / 2) == "undetermined"
            assert found.label(found.positive_from) == "positive"
            assert found.label(found.negative_to) == "negative"


def test_each_bar_has_figures_behind_it() -> None:
    rows = [line.split("\t") for line in TABLE.read_text().splitlines() if not line.startswith("#")]
    assert {row[0] for row in rows} == {kind.name for kind in KINDS}
    assert {row[1] for row in rows} <= set(LANGUAGES)
    for head, language, _, _, positive, negative, texts, auc, right, decided, _ in rows:
        assert int(texts) > 50
        if (positive, negative) == ("-", "-"):
            assert float(decided) == 0, (head, language)
        else:
            assert float(auc) > 0.8
            assert float(right) >= (LEAST_ENGLISH if language == "en" else LEAST_RIGHT), (head, language)


@given(st.floats(0, 1), st.floats(0, 1), st.sampled_from(sorted(bars())))
def test_a_calibration_keeps_the_order(one: float, other: float, key: tuple[str, str]) -> None:
    found = bars()[key]
    low, high = found.calibrated(min(one, other)), found.calibrated(max(one, other))
    assert 0 <= low <= high <= 1


def test_a_calibration_of_nothing_changes_nothing() -> None:
    assert Bars(1.0, 0.0, 0.6, 0.4).calibrated(0.1234) == 0.1234
    assert Bars(2.0, 0.0, 0.6, 0.4).calibrated(0.5) == pytest.approx(0.5)
