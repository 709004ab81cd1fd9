"""The encoders in the analyzer: what each tier says, with which evidence, and that a text stands for itself."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.analyzer import Analyzer
from nlp.aspects.finder import MOST
from nlp.heads.bars import bars_of
from nlp.measure import MAX_SENTENCES, SHOWN_SENTENCES
from nlp.model import Analysis, Given
from nlp.tiers import Tier
from tests.effort import examples
from tests.nlp.test_analyzer import TEXTS

MIXED = "The lobby was ugly and smelled of smoke. But the staff were fantastic and our room was wonderful! We loved it."


def analysed(analyzer: Analyzer, text: str, tier: Tier, **more: str) -> Analysis:
    return analyzer.analyze([Given(text, tier=tier, **more)])[0]


@pytest.mark.parametrize("tier", ["quick", "precise"])
def test_a_probability_comes_with_the_sentences_that_decided_it(tiered: Analyzer, tier: Tier) -> None:
    found = analysed(tiered, MIXED, tier)
    sentiment = found.sentiment
    assert sentiment.label == "positive"
    assert sentiment.probability is not None
    assert sentiment.probability > 0.6
    assert sentiment.score == pytest.approx(2 * sentiment.probability - 1, abs=1e-3)
    weights = {each.text: each.weight for each in sentiment.sentences}
    assert weights["The lobby was ugly and smelled of smoke."] < 0
    assert weights["But the staff were fantastic and our room was wonderful!"] > 0
    assert all(MIXED[each.start : each.end] == each.text for each in sentiment.sentences)
    assert {hit.text for hit in sentiment.evidence} >= {"ugly", "fantastic", "wonderful"}, "the lexicon's words, too"
    assert sentiment.positive > sentiment.negative > 0
    assert found.embedding
    assert len(found.embedding.vector) == 384
    assert found.embedding.encoder in found.analyzers["sentiment"]


def test_the_lexicon_is_what_it_was(tiered: Analyzer) -> None:
    found = analysed(tiered, MIXED, "lexicon")
    assert (found.embedding, found.sentiment.probability, found.sentiment.sentences) == (None, None, ())
    assert found.analyzers["sentiment"].startswith("vaderSentiment")


@pytest.mark.parametrize(
    ("language", "praise", "blame"),
    [
        ("fr", "Séjour magnifique, nous reviendrons avec plaisir !", "Chambre sale et accueil détestable, à éviter."),
        ("de", "Ein wunderbarer Aufenthalt, wir kommen gerne wieder!", "Schmutziges Zimmer, unfreundlich, nie wieder."),
        ("es", "Una estancia maravillosa, volveremos seguro.", "Habitación sucia y un trato horrible, no volveré."),
        ("it", "Soggiorno meraviglioso, torneremo di sicuro!", "Camera sporca e personale scortese, mai più."),
        ("pt", "Estadia maravilhosa, voltaremos com certeza!", "Quarto sujo e atendimento horrível, nunca mais."),
        ("zh", "非常棒的酒店，服务热情，下次还会来。", "房间又脏又吵，服务态度极差，再也不来了。"),
        ("ja", "素晴らしい滞在でした。また必ず泊まりたいです。", "部屋が汚くて対応も最悪。二度と行きません。"),
        ("id", "Menginap di sini menyenangkan, pasti kembali lagi.", "Kamar kotor dan pelayanan buruk sekali, kecewa."),
    ],
)
def test_praise_and_blame_are_told_apart_in_eight_languages(
    tiered: Analyzer, language: str, praise: str, blame: str
) -> None:
    up, down = tiered.analyze([Given(text, language, tier="quick") for text in (praise, blame)])
    assert (up.language, down.language) == (language, language)
    bars = bars_of("multilingual", language)
    assert bars
    for found in (up, down):
        assert found.sentiment.probability is not None
        assert found.sentiment.label == bars.label(found.sentiment.probability)
    assert up.sentiment.label == "positive"
    assert down.sentiment.label in {"negative", "undetermined"}
    assert down.sentiment.probability < 0.4  # type: ignore[operator]


def test_of_a_language_that_was_not_measured_nothing_is_said_but_its_vector_is_kept(tiered: Analyzer) -> None:
    found = analysed(tiered, "Hotel był bardzo ładny i czysty, polecam każdemu serdecznie.", "quick")
    assert (found.language, found.sentiment.label, found.sentiment.score) == ("pl", "undetermined", None)
    assert found.embedding


def test_of_a_long_text_the_sentences_that_matter_are_read(tiered: Analyzer) -> None:
    many = 3 * MAX_SENTENCES
    found = analysed(
        tiered, " ".join(f"We walked past door number {n}." for n in range(many)) + " It was awful!", "quick"
    )
    assert found.analyzers["sentences"] == f"{MAX_SENTENCES} of {many + 1} were measured, those that matter"
    assert len(found.sentiment.sentences) <= SHOWN_SENTENCES
    assert any(each.text == "It was awful!" for each in found.sentiment.sentences)


def test_markup_is_read_and_offsets_are_those_of_the_given_text(tiered: Analyzer) -> None:
    text = "<p>Ben &amp; Jerry&#39;s was awful.</p><p>The view was lovely.</p>"
    written = {each.text: text[each.start : each.end] for each in analysed(tiered, text, "quick").sentiment.sentences}
    assert written == {
        "Ben & Jerry's was awful.": "Ben &amp; Jerry&#39;s was awful.",
        "The view was lovely.": "The view was lovely.",
    }


@given(st.lists(TEXTS, max_size=4))
@settings(max_examples=examples(15))
def test_an_english_text_stands_for_itself_whatever_else_is_in_the_batch(tiered: Analyzer, texts: list[str]) -> None:
    batch = [Given(text, "en", tier="quick") for text in texts]
    for alone, together in zip([tiered.analyze([each])[0] for each in batch], tiered.analyze(batch), strict=True):
        if alone.language == "en":
            assert alone == together
        assert (alone.language, alone.sentiment.label) == (together.language, together.sentiment.label)


def test_a_text_of_very_many_aspects_says_that_it_was_cut(tiered: Analyzer) -> None:
    found = analysed(tiered, "The room was clean. The staff was rude. " * 60, "lexicon")
    assert len(found.aspects) == MOST
    assert found.analyzers["aspects"].endswith(f"the first {MOST} only")
