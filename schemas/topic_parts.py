"""Value objects of a topic model's events. Names and fields equal the nested records of the .avsc files."""

from __future__ import annotations

from schemas.parts import value

WORDS_IN_A_NAME = 3


@value
class Topic:
    """Something that several reviews of a tenant speak of, as it stands after an event.

    `keywords`, `size`, `coherence`, `stability` and `centre` come from a fit; everything else from people. The centre
    has one signed byte a number, as vectors of reviews have. `merged_into` and `parent` are ids of topics.
    """

    topic_id: str
    name: str
    keywords: tuple[str, ...]
    size: int
    coherence: float
    stability: float
    centre: bytes
    hidden: bool = False
    pinned: bool = False
    merged_into: str | None = None
    parent: str | None = None
    divided: bool = False
    examples: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """What people are shown: the name that somebody gave, or its first words."""
        return self.name or ", ".join(self.keywords[:WORDS_IN_A_NAME]) or f"topic {self.topic_id[:8]}"


@value
class TopicCount:
    """A number of topics that was tried: mean coherence (-1 to 1), and share put together alike by two fits (0 to 1)."""

    topics: int
    coherence: float
    stability: float


@value
class TopicChange:
    """A topic before and after an edit: None before if it is new, None after if it is no more."""

    topic_id: str
    before: Topic | None = None
    after: Topic | None = None
