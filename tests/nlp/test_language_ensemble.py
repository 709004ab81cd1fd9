from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.language import LANGUAGES, LanguageDetector
from nlp.language_ensemble import SHORT, LanguageEnsemble

ALONE = LanguageDetector()
BOTH = LanguageEnsemble(for_longer=ALONE)
SENTENCES = [
    ("de", "Sehr schönes Zimmer"), ("de", "Leider viel zu laut"), ("de", "Immer wieder gerne"), ("de", "Frühstück war gut"),
    ("de", "Nie wieder"), ("fr", "Très bon accueil"), ("fr", "Je suis déçu"), ("fr", "Rien à redire"), ("fr", "Chambre trop petite"),
    ("es", "Muy buen servicio"), ("es", "No lo recomiendo"), ("es", "Todo perfecto, gracias"), ("es", "Una habitación pequeña"),
    ("it", "Colazione ottima"), ("it", "Personale gentile"), ("it", "Non ci tornerò"), ("it", "Camera molto pulita"),
    ("pt", "Muito bom atendimento"), ("pt", "Não recomendo"), ("pt", "Quarto muito limpo"), ("pt", "Ótima localização"),
    ("nl", "Erg vriendelijk personeel"), ("nl", "Niet aan te raden"), ("nl", "Mooie kamer"), ("pl", "Bardzo polecam"),
    ("tr", "Çok güzel bir otel"), ("id", "Kamarnya bersih sekali"), ("id", "Sangat mengecewakan"), ("en", "Would not come back"),
    ("en", "Lovely little place"), ("en", "The lift was broken"), ("ru", "Очень хороший отель"), ("ja", "また来たいです"),
    ("zh", "房间很干净"), ("ko", "방이 깨끗해요"), ("ar", "خدمة ممتازة جدا"),
]  # fmt: skip


def right(detector: LanguageDetector | LanguageEnsemble) -> tuple[int, int]:
    """How many of the sentences are right, and how many have a language at all."""
    found = [(language, detector.detect(text).language) for language, text in SENTENCES]
    return sum(a == b for a, b in found), sum(b != "und" for _, b in found)


def test_short_sentences() -> None:
    assert all(len(text) <= 30 for _, text in SENTENCES)
    correct, decided = right(BOTH)
    assert correct >= 0.9 * decided
    assert decided >= 0.6 * len(SENTENCES)


def test_where_the_two_disagree_nothing_is_said() -> None:
    assert ALONE.detect("Mooie kamer").language == "af"
    assert BOTH.detect("Mooie kamer").language == "und"


@pytest.mark.parametrize(
    "text", ["", " ", "a", "7", "12,50 €", "😀😀", "!!!", "www.example.org", "\u0301", "\x01", "\n\n"]
)
def test_what_cannot_be_said_is_und(text: str) -> None:
    assert BOTH.detect(text).language == "und"


def test_longer_texts_are_read_as_before() -> None:
    text = "La chambre était propre mais le service était très lent, hélas."
    assert len(text) > SHORT
    assert BOTH.detect(text) == ALONE.detect(text)


def test_capitals_and_lines_do_not_matter() -> None:
    assert BOTH.detect("SEHR SCHÖNES ZIMMER").language == "de"
    assert BOTH.detect("Chambre\ntrop\r\npetite\u2028").language == "fr"


@given(st.text(st.characters(), max_size=80))
def test_any_text_has_a_verdict(text: str) -> None:
    language, confidence = BOTH.detect(text)
    assert language == "und" or language in LANGUAGES
    assert 0.0 <= confidence <= 1.0
