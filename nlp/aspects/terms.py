"""How common heads of terms are in a tenant's reviews: what many speak of is more likely a term."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from nlp.aspects.candidates import Context, runs
from nlp.aspects.clauses import clauses, tokens
from nlp.aspects.lexicon import lexicon

LEAST_REVIEWS, LEAST_SHARE = 2, 0.01
_REFERENCE = 3


def commonness(reviews: Iterable[str], valences: Mapping[str, float]) -> dict[str, float]:
    """By head in the singular, in how many reviews it comes, as a share of the third commonest one's; at most 1.

    Heads of fewer than two reviews, or of less than a hundredth of them, are left out. The commonest are often the product's names.
    """
    counts: Counter[str] = Counter()
    read = 0
    for review in reviews:
        read += 1
        counts.update(_heads(review, valences))
    least = max(LEAST_REVIEWS, read * LEAST_SHARE)
    reference = min([n for _, n in counts.most_common(_REFERENCE)], default=1)
    return {head: min(n / reference, 1.0) for head, n in counts.items() if n >= least}


def _heads(review: str, valences: Mapping[str, float]) -> set[str]:
    words, known = tokens(review), lexicon()
    context = Context(known, valences, {})
    found = (run for clause in clauses(words) for run in runs(words, clause, context))
    return {known.singular(words[end - 1].word) for _, end in found}
