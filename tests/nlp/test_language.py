from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from nlp.language import LANGUAGES, LanguageDetector, only_letters

DETECTOR = LanguageDetector()
LIBRARY = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
LIBRARY.set_languages(LANGUAGES)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The rooms were clean and the breakfast was good.", "en"),
        ("Das Frühstück war kalt und der Kaffee viel zu teuer.", "de"),
        ("Der Service war schlecht.", "de"),
        ("La chambre était propre mais le service était très lent.", "fr"),
        ("La habitación estaba limpia, pero el servicio fue muy lento.", "es"),
        ("La camera era pulita ma il servizio molto lento.", "it"),
        ("O quarto estava limpo, mas o serviço foi muito lento.", "pt"),
        ("De kamer was schoon, maar de bediening was erg traag.", "nl"),
        ("Pokój był czysty, ale obsługa bardzo powolna.", "pl"),
        ("Oda temizdi ama servis çok yavaştı.", "tr"),
        ("Комната была чистая, но обслуживание очень медленное.", "ru"),
        ("部屋はきれいでしたが、サービスがとても遅かったです。", "ja"),
        ("房间很干净，但是服务非常慢。", "zh"),
        ("방은 깨끗했지만 서비스가 너무 느렸어요.", "ko"),
        ("كانت الغرفة نظيفة لكن الخدمة كانت بطيئة جدا", "ar"),
        ("होटल बहुत अच्छा है और कर्मचारी मददगार हैं, लेकिन नाश्ता अच्छा नहीं था।", "hi"),
    ],
)
def test_reviews_in_many_languages(text: str, language: str) -> None:
    verdict = DETECTOR.detect(text)
    assert verdict.language == language
    assert verdict.confidence >= 0.4


@pytest.mark.parametrize(
    "text", ["", " ", "a", "7", "12,50 €", "😀😀", "!!!", "ok", "Super", "www.example.org", "\u0301", "\x01"]
)
def test_what_cannot_be_said_is_und(text: str) -> None:
    assert DETECTOR.detect(text).language == "und"


def test_emoji_do_not_hide_the_language() -> None:
    assert DETECTOR.detect("Nice clean rooms and a very good breakfast " + "😡" * 50).language == "en"


def test_a_few_foreign_letters_do_not_change_the_language() -> None:
    assert DETECTOR.detect("This is a very bad app, we cannot sign in at the right time කු").language == "en"
    assert DETECTOR.detect("Hotel Adlon の部屋はきれいで、サービスもとても良かったです。").language == "ja"


def test_ornamental_letters_are_read() -> None:
    ornamental = "".join(
        chr(ord(c) + 0x1D41A - ord("a")) if c.isalpha() else c for c in "this is a very helpful app for class"
    )
    assert DETECTOR.detect(ornamental).language == "en"


@given(st.text(max_size=300))
def test_any_text_has_a_verdict(text: str) -> None:
    language, confidence = DETECTOR.detect(text)
    assert language == "und" or language in LANGUAGES
    assert 0.0 <= confidence <= 1.0


@given(st.text(min_size=2, max_size=200))
def test_converted_weights_change_no_answer(text: str) -> None:
    letters = only_letters(text)
    assert DETECTOR._identifier.classify(letters) == pytest.approx(LIBRARY.classify(letters))


def test_the_bar_is_a_setting() -> None:
    assert LanguageDetector(minimum_confidence=0.0).detect("Super").language != "und"
    assert LanguageDetector(minimum_confidence=1.01).detect("The rooms were clean.").language == "und"
