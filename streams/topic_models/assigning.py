"""Which topics a model gives to reviews, by the vectors that their analysis left in them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from aggregates.review.aggregate import Review
from aggregates.topic_model.aggregate import TopicModel
from schemas.parts import TopicShare

if TYPE_CHECKING:
    from nlp.topics.assignment import Assigner

VECTORLESS, OTHER_ENCODER, UNLIKE, GIVEN = "without_vector", "other_encoder", "unlike_any", "with_topics"


@dataclass(slots=True)
class Assigned:
    """Topics of each review, in order, and how many reviews have some or why they have none."""

    topics: list[tuple[TopicShare, ...]] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)


class Assigning:
    """One version of a model. A review whose vector is of another encoder has no topics, and is counted."""

    def __init__(self, model: TopicModel) -> None:
        self.model = model
        self._examples = {review: model.root(topic.topic_id) for topic in model.standing() for review in topic.examples}
        self._assigner = _assigner(model)

    def topics_of(self, reviews: Sequence[Review]) -> Assigned:
        """What the model says of them."""
        from nlp.topics.assignment import with_examples

        places = [place for place, review in enumerate(reviews) if self._why_not(review) is None]
        vectors = [_vector(reviews[place]) for place in places]
        shares = dict(zip(places, self._assigner.shares(vectors) if self._assigner else (), strict=False))
        found = Assigned()
        for place, review in enumerate(reviews):
            topics = with_examples(str(review.id), shares.get(place, ()), self._examples)
            found.topics.append(topics)
            found.counts[GIVEN if topics else self._why_not(review) or UNLIKE] += 1
        return found

    def nearest(self, vectors: Sequence[bytes]) -> list[str]:
        """The topic that each vector's nearest centre stands for, however far it is."""
        assert self._assigner is not None
        owners = [self.model.root(topic.topic_id) for topic in self.model.attracting()]
        return [owners[place] for place in self._assigner.nearest(vectors)]

    def _why_not(self, review: Review) -> str | None:
        embedding = review.processed.embedding if review.processed else None
        if embedding is None:
            return VECTORLESS
        fits = (
            self._assigner is not None
            and embedding.encoder == self.model.fitted.encoder
            and len(embedding.vector) == self._assigner.dimensions
        )
        return None if fits else OTHER_ENCODER


def _vector(review: Review) -> bytes:
    assert review.processed is not None
    assert review.processed.embedding is not None
    return review.processed.embedding.vector


def _assigner(model: TopicModel) -> Assigner | None:
    attracting = model.attracting()
    if not attracting:
        return None
    from nlp.topics.assignment import Assigner  # numpy: only where there are topics

    fit = model.fitted
    return Assigner(
        [topic.centre for topic in attracting],
        [model.root(topic.topic_id) for topic in attracting],
        sharpness=fit.sharpness,
        least_confidence=fit.least_confidence,
        least_cosine=fit.least_cosine,
    )
