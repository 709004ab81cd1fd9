from __future__ import annotations

import time

import pytest

from nlp.analyzer import Analyzer, AnalyzerSettings
from nlp.entities import EntityFinder, Mention, entities_of
from nlp.model import Entity, Span
from nlp.sentiment import SentimentAnalyzer


def entities(text: str, *mentions: tuple[str, str]) -> dict[str, Entity]:
    """The entities of a text in which these names (with labels) are mentioned, in order, wherever they stand."""
    found, position = [], 0
    for name, label in mentions:
        start = text.index(name, position)
        found.append(Mention(start, start + len(name), label))
        position = start + len(name)
    return {entity.text: entity for entity in entities_of(text, found, SENTIMENT.read(text, "en"))}


SENTIMENT = SentimentAnalyzer()


def test_mentions_of_one_name_are_one_entity() -> None:
    text = "Delta lost my bag. DELTA never called. Try delta  air"
    found = entities(text, ("Delta", "ORG"), ("DELTA", "ORG"), ("delta  air", "ORG"))
    assert found["Delta"].mentions == (Span(0, 5), Span(19, 24))
    assert set(found) == {"Delta", "delta  air"}


def test_the_type_and_spelling_of_most_mentions_are_the_entitys() -> None:
    text = "ba then BA's lounge and the BA and BA again"
    places = [(0, 2, "NORP"), (8, 12, "ORG"), (24, 30, "ORG"), (35, 37, "NORP")]
    (found,) = entities_of(text, [Mention(*place) for place in places], SENTIMENT.read(text, "en"))
    assert (found.text, found.type) == ("BA", "NORP")
    assert [text[start:end] for start, end in ((s.start, s.end) for s in found.mentions)] == ["ba", "BA", "BA", "BA"]


def test_singular_and_plural_are_one_entity() -> None:
    found = entities("Two Chromebooks beat a Chromebook.", ("Chromebooks", "PRODUCT"), ("Chromebook", "PRODUCT"))
    assert len(found) == 1


def test_often_and_early_is_salient() -> None:
    found = entities("Delta and United. Delta again.", ("Delta", "ORG"), ("United", "ORG"), ("Delta", "ORG"))
    assert found["Delta"].salience == pytest.approx(2 / (2 + 1 - 10 / 60), abs=1e-4)
    assert found["Delta"].salience + found["United"].salience == pytest.approx(1.0, abs=1e-3)


def test_each_entity_gets_the_words_of_its_own_sentence() -> None:
    found = entities("The crew of United was awful. Delta was great!", ("United", "ORG"), ("Delta", "ORG"))
    assert found["United"].sentiment is not None
    assert found["Delta"].sentiment is not None
    assert found["United"].sentiment < -0.2 < 0.2 < found["Delta"].sentiment


def test_the_window_ends_after_eight_tokens() -> None:
    near = entities("Paris a b c d e f g great", ("Paris", "GPE"))["Paris"]
    far = entities("Paris a b c d e f g h great", ("Paris", "GPE"))["Paris"]
    assert near.sentiment == pytest.approx(0.6249)
    assert far.sentiment is None


def test_an_entity_hears_what_stands_before_it() -> None:
    assert (entities("Horrible horrible Paris", ("Paris", "GPE"))["Paris"].sentiment or 0) < -0.5


def test_a_name_is_no_evidence_about_itself() -> None:
    assert entities("We went to Best Buy on Monday", ("Best Buy", "ORG"))["Best Buy"].sentiment is None


def test_negation_is_heard() -> None:
    assert (entities("Paris was not good", ("Paris", "GPE"))["Paris"].sentiment or 0) < 0


def test_numbers_and_dates_are_no_names_unless_asked_for() -> None:
    text = "We paid 300 dollars in Paris on Monday"
    assert {mention.label for mention in EntityFinder().find([text])[0]} == {"GPE"}
    wanted = AnalyzerSettings(entity_labels=frozenset({"DATE", "MONEY"}))
    assert {entity.type for entity in Analyzer(wanted).analyze([text])[0].entities} == {"DATE", "MONEY"}


@pytest.mark.parametrize(
    "run", ["!" * 20_000, "😀" * 20_000, "(" * 20_000, "http://" * 2_800, "a-" * 10_000, "! " * 10_000]
)
def test_endless_runs_do_not_stall_the_tokenizer(finder: EntityFinder, run: str) -> None:
    begun = time.process_time()
    (mentions,) = finder.find([f"We flew to Paris with Delta {run}"])
    assert time.process_time() - begun < 5  # a minute without the guard
    assert mentions[0][:2] == (11, 16)


def test_a_name_that_no_index_could_hold_is_none(finder: EntityFinder) -> None:
    doc = finder._pipeline.make_doc("Grand " * 40 + "Hotel")
    assert finder._named(doc, [(0, len(doc), "ORG")]) == []
    assert finder._named(doc, [(0, 30, "ORG")]) == [(0, 179, "ORG")]


def test_a_name_without_a_letter_is_none(finder: EntityFinder) -> None:
    doc = finder._pipeline.make_doc("😍 🙏 747 ½ in Zürich 7")
    assert finder._named(doc, [(0, 2, "ORG"), (2, 3, "PRODUCT"), (3, 4, "ORG")]) == []
    assert [mention[:2] for mention in finder._named(doc, [(5, 7, "GPE")])] == [(13, 21)]


def test_new_words_do_not_fill_the_vocabulary(finder: EntityFinder) -> None:
    before = len(finder._pipeline.vocab.strings)
    finder.find([f"Word{number} and thing{number}" for number in range(500)])
    assert len(finder._pipeline.vocab.strings) - before < 50
