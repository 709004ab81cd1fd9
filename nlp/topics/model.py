"""What a fit takes and gives."""

from __future__ import annotations

from dataclasses import dataclass

from nlp.topics.clusters import Groups
from schemas.topic_parts import TopicCount


@dataclass(frozen=True, slots=True)
class Sample:
    """Reviews to find topics in: `vectors` of one encoder with one signed byte a number, texts and their languages.

    `unwanted` are names that shall not name a topic, such as the sources'.
    """

    ids: tuple[str, ...]
    vectors: tuple[bytes, ...]
    texts: tuple[str, ...]
    languages: tuple[str, ...]
    unwanted: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Found:
    """One topic that was found; `size` counts the sample's reviews that are nearest to it."""

    centre: bytes
    keywords: tuple[str, ...]
    size: int
    coherence: float
    stability: float


@dataclass(frozen=True, slots=True)
class Fit:
    """The topics in the order of the centres, how reviews get them, and why there are so many."""

    found: tuple[Found, ...]
    tried: tuple[TopicCount, ...]
    why: str
    sharpness: float
    least_confidence: float
    least_cosine: float
    groups: Groups
