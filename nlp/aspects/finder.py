"""What a text speaks of, and how: terms, the clause that judges each, and what that clause says."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib.resources import files
from operator import mul
from typing import NamedTuple, TypeAlias

from nlp.aspects.candidates import Context, key, runs
from nlp.aspects.clauses import Clause, Token, clauses, tokens
from nlp.aspects.features import FEATURES, Around
from nlp.aspects.judging import combined, label_of
from nlp.aspects.lexicon import lexicon
from nlp.aspects.phrases import Phrases
from schemas.errors import InvalidInput
from schemas.parts import Aspect, Span

Polarity: TypeAlias = Callable[[Sequence[str]], Sequence[float | None]]
"""For each text the calibrated probability that it is positive; None where nothing in it says so or otherwise."""
_MOST_MARKS = 3
_MARKS_BEFORE = re.compile(r"[^\w\s]+\Z")
_MARKS_AFTER = re.compile(rf"[^\w\s]{{1,{_MOST_MARKS}}}")
MOST = 60
"""Aspects of one text; of more, the first. `AspectFinder.dropped` counts the others."""


class Known(NamedTuple):
    """What is known of a tenant: its phrases, always terms; words of its topics, terms where they are nouns;
    and how often heads of terms come in its reviews, as `terms.commonness` counts them.
    """

    phrases: Phrases = Phrases(())
    topic_words: frozenset[str] = frozenset()
    commonness: Mapping[str, float] = {}


NOTHING_KNOWN = Known()


class Found(NamedTuple):
    """A term in a text: token numbers, its key, and the number of its clause."""

    first: int
    end: int
    term: str
    clause: int


class Parsed(NamedTuple):
    """A text as words and clauses, with the terms in it."""

    text: str
    words: Sequence[Token]
    clauses: Sequence[Clause]
    found: Sequence[Found]

    def span(self, clause: Clause) -> Span:
        """Where a clause is."""
        return Span(self.words[clause.first].start, self.words[clause.end - 1].end)

    def sentence_of(self, found: Found) -> list[int]:
        """Numbers of the clauses of the term's sentence."""
        return self.sentence_at(found.clause)

    def sentence_at(self, number: int) -> list[int]:
        """Numbers of the clauses of a clause's sentence."""
        at = self.clauses[number].sentence_first
        low = high = number
        while low and self.clauses[low - 1].sentence_first == at:
            low -= 1
        while high + 1 < len(self.clauses) and self.clauses[high + 1].sentence_first == at:
            high += 1
        return list(range(low, high + 1))


class AspectFinder:
    """Aspects of English texts. Pure, and loaded once a process (0.1 s, some 15 MB)."""

    def __init__(self, valences: Mapping[str, float] | None = None) -> None:
        """`valences` of opinion words in lower case, VADER's if not given. Raises Unavailable without the English model."""
        self._lexicon = lexicon()
        self._valences = vader_valences() if valences is None else valences
        read = json.loads(files("nlp.aspects").joinpath("terms.json").read_text(encoding="utf-8"))
        self._weights = [float(read["weights"][name]) for name in FEATURES]
        self._from = math.log(read["threshold"] / (1 - read["threshold"]))
        self.name: str = read["name"]
        self.dropped = 0

    def find(self, texts: Sequence[str], polarity: Polarity, known: Known = NOTHING_KNOWN) -> list[tuple[Aspect, ...]]:
        """The aspects of each text in its order. `polarity` is asked once, for the clauses of sentences with terms."""
        parsed = [self.parse(text, known) for text in texts]
        asked = [{c: _words_of(each, c) for found in each.found for c in each.sentence_of(found)} for each in parsed]
        different = list(dict.fromkeys(words for each in asked for words in each.values()))
        said = dict(zip(different, _said(polarity, different), strict=True))
        return [
            tuple(_judged(each, {c: said[words] for c, words in its.items()}))
            for each, its in zip(parsed, asked, strict=True)
        ]

    def parse(self, text: str, known: Known = NOTHING_KNOWN) -> Parsed:
        """Words, clauses and terms of a text, nothing judged."""
        words = tokens(text)
        split = clauses(words)
        found = [found for number in range(len(split)) for found in self._terms(words, split[number], number, known)]
        self.dropped += max(len(found) - MOST, 0)
        return Parsed(text, words, split, found[:MOST])

    def _terms(self, words: Sequence[Token], clause: Clause, number: int, known: Known) -> Iterator[Found]:
        context = Context(self._lexicon, self._valences, known.commonness)
        given = known.phrases.within(words, clause, self._lexicon)
        every = runs(words, clause, context)
        around = Around(words, clause, context, every) if every else None
        own = [Found(a, b, term, number) for a, b, term in given]
        for rank, (a, b) in enumerate(every):
            if any(a < end and first < b for first, end, _ in given) or around is None:
                continue
            head = self._lexicon.singular(words[b - 1].word)
            if head in known.topic_words or sum(map(mul, self._weights, around.features(rank, a, b))) >= self._from:
                own.append(Found(a, b, key(words[a:b], self._lexicon), number))
        yield from sorted(own)


def _words_of(parsed: Parsed, number: int) -> str:
    """The clause; with the marks around it where it is a whole sentence, which whoever judges it may have met already."""
    text, span = parsed.text, parsed.span(parsed.clauses[number])
    if len(parsed.sentence_at(number)) > 1:
        return text[span.start : span.end]
    before, after = (
        _MARKS_BEFORE.search(text, max(span.start - _MOST_MARKS, 0), span.start),
        _MARKS_AFTER.match(text, span.end),
    )
    return (before.group() if before else "") + text[span.start : span.end] + (after.group() if after else "")


def _said(polarity: Polarity, texts: Sequence[str]) -> Sequence[float | None]:
    said = polarity(texts) if texts else ()
    if len(said) != len(texts):
        raise InvalidInput(f"polarity: answered for {len(said)} of {len(texts)} texts", field="polarity")
    return said


def _judged(parsed: Parsed, said: Mapping[int, float | None]) -> Iterator[Aspect]:
    for found in parsed.found:
        p = combined(
            said[found.clause],
            [(said[c], parsed.clauses[c].end - parsed.clauses[c].first) for c in parsed.sentence_of(found)],
        )
        at = Span(parsed.words[found.first].start, parsed.words[found.end - 1].end)
        yield Aspect(
            parsed.text[at.start : at.end], found.term, label_of(p), p, at, parsed.span(parsed.clauses[found.clause])
        )


def vader_valences() -> Mapping[str, float]:
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    return dict(SentimentIntensityAnalyzer().lexicon)
