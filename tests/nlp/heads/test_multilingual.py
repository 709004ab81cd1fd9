from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.encoders.e5_file import SHA256
from nlp.encoders.e5_numpy import E5Encoder
from nlp.heads.data import requirement
from nlp.heads.multilingual import FILE, TABLE, MultilingualHead, bands, calibration_error, label_of, score_of
from nlp.language import LANGUAGES

HEAD = MultilingualHead()
PRAISE_AND_BLAME = {
    "fr": ("Séjour magnifique, nous reviendrons avec plaisir !", "Chambre sale et accueil détestable, à éviter."),
    "es": ("Una estancia maravillosa, volveremos seguro.", "Habitación sucia y un trato horrible, no volveré."),
    "de": ("Ein wunderbarer Aufenthalt, wir kommen gerne wieder!", "Schmutziges Zimmer, unfreundlich, nie wieder."),
    "pt": ("Estadia maravilhosa, voltaremos com certeza!", "Quarto sujo e atendimento horrível, nunca mais."),
    "it": ("Soggiorno meraviglioso, torneremo di sicuro!", "Camera sporca e personale scortese, mai più."),
    "zh": ("非常棒的酒店，服务热情，下次还会来。", "房间又脏又吵，服务态度极差，再也不来了。"),
    "ja": ("素晴らしい滞在でした。また必ず泊まりたいです。", "部屋が汚くて対応も最悪。二度と行きません。"),
    "id": (
        "Menginap di sini sangat menyenangkan, pasti kembali lagi.",
        "Kamar kotor dan pelayanan buruk sekali, kecewa.",
    ),
}


@pytest.mark.parametrize("language", PRAISE_AND_BLAME)
def test_praise_is_above_blame_in_every_language(e5: E5Encoder, language: str) -> None:
    praise, blame = HEAD.positive(e5.embed(PRAISE_AND_BLAME[language]))
    assert praise > 0.8
    assert blame < 0.5
    labels = ("positive", "negative") if language in bands() else ("undetermined", "undetermined")
    assert (label_of(praise, language), label_of(blame, language)) == labels


def test_where_nothing_was_measured_nothing_is_said() -> None:
    for language in ("und", "sw", "xx", ""):
        assert label_of(0.999, language) == "undetermined"


def test_between_the_bars_nothing_is_said() -> None:
    for language, band in bands().items():
        assert label_of((band.positive_from + band.negative_to) / 2, language) == "undetermined"
        assert label_of(band.positive_from, language) == "positive"
        assert label_of(band.negative_to, language) == "negative"


def test_each_band_has_figures_behind_it_that_reach_the_goal() -> None:
    rows = [line.split("\t") for line in TABLE.read_text().splitlines() if not line.startswith("#")]
    assert {row[0] for row in rows} <= set(LANGUAGES)
    for _, positive, negative, texts, auc, right, decided, ece in rows:
        assert int(texts) > 50
        assert 0.5 < float(auc) <= 1
        assert 0 <= float(ece) < 0.5
        if positive != "-":
            assert float(negative) < float(positive)
            assert float(right) >= 0.9
            assert float(decided) >= 0.6


def test_the_head_belongs_to_the_encoder_and_the_texts_that_are_pinned(e5: E5Encoder) -> None:
    head = json.loads(FILE.read_text())
    assert head["encoder"] == e5.name == HEAD.encoder
    assert head["weights_sha256"] == SHA256
    assert head["trained_on"] == requirement()
    assert head["accuracy"] > 0.8
    assert head["ece"] < 0.05


@given(st.lists(st.floats(-1, 1, width=32), min_size=384, max_size=384))
def test_any_vector_has_a_probability(numbers: list[float]) -> None:
    (p,) = HEAD.positive(np.array([numbers], np.float32))
    assert 0 <= p <= 1
    assert p == round(p, 4)
    assert -1 <= score_of(p) <= 1


def test_calibration_is_how_far_shares_are_from_probabilities() -> None:
    assert calibration_error(np.array([0.95, 0.95, 0.05, 0.05]), np.array([1, 1, 0, 0])) == pytest.approx(0.05)
    assert calibration_error(np.array([1.0, 1.0]), np.array([0, 0])) == 1
