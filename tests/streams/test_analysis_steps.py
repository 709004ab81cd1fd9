"""The nlp step with the real analyzers in a process of their own, and the analytics step."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from aggregates.review.aggregate import Review
from aggregates.review.commands import record_notified, request_reprocessing
from aggregates.review.notifications import NONE
from nlp.pool import AnalysisPool
from nlp.profiles import Profile, Profiles
from schemas.codec import decode, encode
from schemas.errors import NotAllowed, Unavailable
from schemas.events.review import AnalyticsUpdated, ReviewProcessed, SentimentAnalyzed
from streams.runtime.step import Done
from streams.steps.analytics import Analytics
from streams.steps.nlp import CHUNK, Nlp
from tests.streams.making import NOW, advanced, collected, work

PROFILES = Profiles(Profile("quick", "7"))


@pytest.fixture(scope="module")
def analysers() -> Iterator[AnalysisPool]:
    with AnalysisPool(1) as pool:
        yield pool


def waiting(step: str, content: str = "The coffee was cold.") -> Review:
    change = collected(content=content)
    return advanced(change.review.after(change.events), until=step)


async def analysed(pool: AnalysisPool, *reviews: Review) -> list[tuple[ReviewProcessed, SentimentAnalyzed]]:
    outcomes = await Nlp(pool, PROFILES, now=lambda: NOW).perform([work(review) for review in reviews])
    assert all(isinstance(outcome, Done) for outcome in outcomes)
    return [outcome.events for outcome in outcomes]  # type: ignore[union-attr, misc]


async def test_each_review_gets_its_own_analysis_in_order(analysers: AnalysisPool) -> None:
    moods = ["It was a wonderful stay and we loved the room.", "It was a terrible stay and the staff was awful."]
    reviews = [waiting("nlp", f"{moods[n % 2]} Number {n}.") for n in range(CHUNK + 6)]
    found = await analysed(analysers, *reviews)
    assert [sentiment.label for _, sentiment in found] == ["positive", "negative"] * (len(reviews) // 2)
    assert {(each.processing_version, each.revision) for pair in found for each in pair} == {("7", 1)}
    assert {processed.language for processed, _ in found} == {"en"}


async def test_results_survive_the_wire(analysers: AnalysisPool) -> None:
    ((processed, sentiment),) = await analysed(analysers, waiting("nlp", "The Grand Hotel in Vienna was lovely. 😀"))
    assert processed.entities
    assert processed.keywords
    for event in (processed, sentiment):
        again = decode(encode(event))
        assert encode(again) == encode(event)
        assert (again.revision, again.processing_version) == (1, "7")


@pytest.mark.parametrize("content", ["", " ", "😀", "a" * 50_000, "\u202e\u0301" * 50, "מצוין", "<b>x</b>\r\n"])
async def test_odd_texts_are_analysed_like_any_other(analysers: AnalysisPool, content: str) -> None:
    ((processed, sentiment),) = await analysed(analysers, waiting("nlp", content))
    assert processed.characters_analyzed >= 0
    assert sentiment.label in {"positive", "neutral", "negative", "undetermined"}
    encode(processed)
    encode(sentiment)


def asked_of(version: str) -> Review:
    review = waiting("notify")
    review = review.after(record_notified(review, 1, NONE, now=NOW))
    return review.after(request_reprocessing(review, version, now=NOW))


async def test_a_worker_analyses_anew_what_is_asked_of_its_own_version(analysers: AnalysisPool) -> None:
    ((processed, sentiment),) = await analysed(analysers, asked_of("7"))
    assert (processed.processing_version, sentiment.processing_version) == ("7", "7")


async def test_a_worker_leaves_what_is_asked_of_another_version(analysers: AnalysisPool) -> None:
    fresh = waiting("nlp")
    found = await analysed(analysers, asked_of("9"), fresh, asked_of("7"))
    assert [len(events) for events in found] == [0, 2, 2]
    assert {event.processing_version for events in found for event in events} == {"7"}


async def test_a_closed_pool_blames_no_review() -> None:
    pool = AnalysisPool(1)
    pool.close()
    with pytest.raises(Unavailable):
        await Nlp(pool, Profiles()).perform([work(waiting("nlp"))])


async def test_analytics_settles_what_a_review_counts_for_and_what_it_counted_before() -> None:
    review = waiting("analytics")
    (first,) = await Analytics(now=lambda: NOW).perform([work(review)])
    assert isinstance(first, Done)
    (event,) = first.events
    assert isinstance(event, AnalyticsUpdated)
    assert (event.replaces, event.contribution.label, event.contribution.rating) == (None, "negative", 2.0)
    review = review.after(first.events)
    review = review.after(record_notified(review, 1, NONE, now=NOW))
    review = advanced(review.after(request_reprocessing(review, "2", now=NOW)), until="analytics")
    (second,) = await Analytics(now=lambda: NOW).perform([work(review)])
    assert isinstance(second, Done)
    assert second.events[0].replaces == event.contribution


async def test_analytics_before_the_analysis_is_refused() -> None:
    with pytest.raises(NotAllowed):
        await Analytics(now=lambda: NOW).perform([work(waiting("nlp"))])


async def test_what_the_source_says_of_a_review_reaches_the_analysis(analysers: AnalysisPool) -> None:
    said = {"language": "english", "platform": "Amazon"}
    changes = [collected(content="Terrible. Read more", **fields) for fields in (said, {})]
    reviews = [advanced(change.review.after(change.events), until="nlp") for change in changes]
    (hinted, judged), (unhinted, unjudged) = await analysed(analysers, *reviews)
    assert (hinted.language, judged.label, unhinted.language, unjudged.label) == (
        "en", "negative", "und", "undetermined",
    )  # fmt: skip
    assert hinted.analyzers["reading"] == "reviewstream-reading 1 (marker)"
    assert unhinted.analyzers["reading"] == "reviewstream-reading 1"
    assert not hinted.keywords, "the words of the platform are none, nor is bare blame"
