"""What was found in the text as it was read, with the offsets and the words of the text as it was given."""

from __future__ import annotations

from dataclasses import replace

from nlp.model import Aspect, DecidingSentence, Entity, Keyword, LexiconHit, Span
from nlp.reading.reader import ReadText


def located_hit(hit: LexiconHit, text: ReadText) -> LexiconHit:
    """A hit, as its author wrote it."""
    start, end = text.span(hit.start, hit.end)
    return replace(hit, text=text.as_written(hit.start, hit.end), start=start, end=end)


def located_sentence(sentence: DecidingSentence, text: ReadText) -> DecidingSentence:
    """A sentence, as its author wrote it."""
    start, end = text.span(sentence.start, sentence.end)
    return replace(sentence, text=text.as_written(sentence.start, sentence.end), start=start, end=end)


def located_aspect(aspect: Aspect, text: ReadText) -> Aspect:
    """An aspect, as its author wrote it; the term that joins it with others stays in plain letters."""
    at, clause = (Span(*text.span(each.start, each.end)) for each in (aspect.at, aspect.clause))
    return replace(aspect, text=text.as_written(aspect.at.start, aspect.at.end), at=at, clause=clause)


def located_entity(entity: Entity, text: ReadText) -> Entity:
    """An entity, as its author wrote it where it is spelt as it is shown."""
    alike = (span for span in entity.mentions if text.text[span.start : span.end] == entity.text)
    first = next(alike, entity.mentions[0])
    return replace(entity, text=text.as_written(first.start, first.end), mentions=_located(entity.mentions, text))


def located_keyword(keyword: Keyword, text: ReadText) -> Keyword:
    """A keyword stays in plain letters, so that one phrase is one keyword however it was typed."""
    return replace(keyword, mentions=_located(keyword.mentions, text))


def _located(mentions: tuple[Span, ...], text: ReadText) -> tuple[Span, ...]:
    return tuple(Span(*text.span(mention.start, mention.end)) for mention in mentions)
