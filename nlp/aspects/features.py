"""What speaks for and against a candidate being a term, as numbers between 0 and 1."""

from __future__ import annotations

from collections.abc import Sequence

from nlp.aspects.candidates import Context
from nlp.aspects.clauses import Clause, Token
from nlp.aspects.lexicon import ADJECTIVE, ADVERB, NOUN, VERB
from nlp.aspects.words import COPULAS, GENERIC, PREPOSITIONS, PRONOUNS, TIMES, USUAL

FEATURES = (
    "bias", "words of sentence", "short sentence", "opinions in sentence", "second person",  # the clause's
    "rank", "at the beginning", "at the end", "words", "only noun", "adjective too", "verb too", "adverb too", "in no list",
    "after pronoun", "after preposition", "after of", "after with", "after has", "before copula", "before of", "before verb",
    "verb ending", "generic", "usual", "usual before", "often", "very often", "second known", "nearest", "distance",
    "subject of opinion",
)  # fmt: skip
REACH = 6
"""Words beyond which an opinion is far."""
VERY_OFTEN = 0.6


class Around:
    """Features of the candidates of one clause; what they share is computed once."""

    def __init__(
        self, words: Sequence[Token], clause: Clause, context: Context, runs: Sequence[tuple[int, int]]
    ) -> None:
        """`runs` are all candidates of the clause."""
        self._words, self._clause, self._context = words, clause, context
        values = [i for i in range(clause.sentence_first, clause.sentence_end) if words[i].word in context.valences]
        self._opinions = [i for i in values if clause.first <= i < clause.end]
        self._nearest = {min(runs, key=lambda run: _between(i, *run))[0] for i in self._opinions}
        length = clause.sentence_end - clause.sentence_first
        you = any(words[i].word == "you" for i in range(clause.first, clause.end))
        self._shared = (1.0, min(length, 60) / 60, float(length < REACH), min(len(values), 4) / 4, float(you))

    def features(self, rank: int, first: int, end: int) -> tuple[float, ...]:
        """In the order of FEATURES, of the candidate of tokens `first` to `end`, the `rank`-th of the clause."""
        words, clause = self._words, self._clause
        before = words[first - 1].word if first > clause.first else ""
        after = words[end].word if end < clause.end else ""
        place = (min(rank, 4) / 4, first == clause.first, end == clause.end, (end - first - 1) / 3)
        neighbours = (
            before in PRONOUNS, before in PREPOSITIONS, before == "of", before == "with", before in ("has", "have", "had"),
            after in COPULAS, after == "of", bool(after) and after not in COPULAS and bool(self._context.lexicon.of(after) & VERB),
        )  # fmt: skip
        return (
            *self._shared,
            *place,
            *self._kind(words[end - 1].word),
            *neighbours,
            *self._name(first, end),
            *self._opinion(first, end, after),
        )

    def _kind(self, head: str) -> tuple[float, ...]:
        parts = self._context.lexicon.of(head)
        return parts == NOUN, bool(parts & ADJECTIVE), bool(parts & VERB), bool(parts & ADVERB), not parts

    def _name(self, first: int, end: int) -> tuple[float, ...]:
        head, singular, known = self._words[end - 1].word, self._context.lexicon.singular, self._context.known
        one = singular(head)
        often = known.get(one, 0.0)
        other = singular(self._words[end - 2].word) if end - first > 1 else ""
        return (
            head.endswith(("ing", "ed")), one in GENERIC or one in TIMES or head in GENERIC, one in USUAL or head in USUAL,
            other in USUAL, often**0.5, often > VERY_OFTEN, other in known,
        )  # fmt: skip

    def _opinion(self, first: int, end: int, after: str) -> tuple[float, ...]:
        away = min([_between(i, first, end) for i in self._opinions], default=REACH)
        judged = after in COPULAS and any(end < i < end + REACH for i in self._opinions)
        return first in self._nearest, min(away, REACH) / REACH, judged


def _between(i: int, first: int, end: int) -> int:
    return first - i if i < first else max(i - end + 1, 0)
