"""Corrections and deletions at the entrance: what becomes of each, and under which word it is counted."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import pytest

from aggregates.ids import review_id
from connectors.postgres import Pool
from schemas.codec import decode
from services.tenancy.directory import TenantDirectory
from services.tenancy.tenants import Tenant, Tenants
from streams.dead_letters.producer import DeadLetterProducer
from streams.runtime.messages import InboundMessage
from streams.runtime.reviews import Change, Reviews
from tests.streams.making import body, deletion, inbound, next_events, tombstone
from tests.streams.test_collect import CollectStep, Racing
from tests.streams.topics import Topic

NAMED = {"source": "harbour", "external_id": "x"}
HEADERS = {"reviewsource": "harbour", "externalid": "x"}
KEY = json.dumps({"tenant": "blue-harbour", **NAMED}).encode()


@pytest.fixture
def step(pool: Pool, directory: TenantDirectory, deadletters: DeadLetterProducer, tenant: Tenant) -> CollectStep:
    return CollectStep(pool, directory, deadletters)


def topics(step: CollectStep) -> list[str]:
    return [event.topic for event in step.log.read_after(0, 100)]


async def test_every_outcome_has_a_count_of_its_own(step: CollectStep) -> None:
    await step.handle(
        inbound(body("x"), 0, runid="r"),
        inbound(body("x", published_at="2026-02-02"), 1, runid="r"),
        inbound(body("x", published_at="2026-02-02"), 2, runid="r"),
        inbound(body("x", content="Warm."), 3, runid="r"),
        deletion(NAMED, 4, runid="r"),
        deletion(NAMED, 5, runid="r"),
        inbound(body("x", content="Warm."), 6, runid="r"),
        inbound(b"rubbish", 7, runid="r"),
    )
    counts = {
        "received": 8, "accepted": 1, "revised": 2, "corrected": 1, "withdrawn": 1, "deduplicated": 2, "dead_lettered": 1,
    }  # fmt: skip
    assert asdict(step.ledger.run("r")) == asdict(step.ledger.totals()) == counts
    assert topics(step) == [
        "review.collected", "review.facts_corrected", "review.revised", "review.withdrawn", "review.revised",
    ]  # fmt: skip


DELETIONS: dict[str, InboundMessage] = {
    "an event": deletion(NAMED, 1),
    "an event with the review as it was": deletion(body("x"), 1),
    "a tombstone named by headers": tombstone(HEADERS, 1),
    "a tombstone named by its key": InboundMessage("reviews.inbound", 0, 1, (), None, KEY),
    "a tombstone named by both": tombstone({"reviewsource": "harbour"}, 1, key=KEY),
}


@pytest.mark.parametrize("form", DELETIONS)
async def test_each_form_of_deletion_withdraws_the_review(step: CollectStep, form: str) -> None:
    await step.handle(inbound(body("x"), 0))
    await step.handle(DELETIONS[form])
    assert topics(step) == ["review.collected", "review.withdrawn"]
    assert step.ledger.totals().withdrawn == 1


async def test_deleting_what_was_never_seen_is_a_repeat_and_loses_nothing(step: CollectStep) -> None:
    await step.handle(*(DELETIONS[form] for form in ["an event"]))
    assert (topics(step), step.counts()) == ([], (0, 1, 0))
    await step.handle(inbound(body("x"), 2))
    assert topics(step) == ["review.collected"]


NAMELESS: dict[str, tuple[InboundMessage, str, str]] = {
    "nothing": (InboundMessage("reviews.inbound", 0, 0, (), None), "tombstone", "source"),
    "no tenant": (tombstone(HEADERS, 0, tenant=""), "unknown_tenant", "tenantid"),
    "NUL in the key": (
        InboundMessage("reviews.inbound", 0, 0, (), None, KEY.replace(b'"x"', b'"\\u0000"')),
        "nul",
        "external_id",
    ),
    "half a character, so no JSON": (
        InboundMessage("reviews.inbound", 0, 0, (), None, KEY.replace(b'"x"', b'"\\ud800"')),
        "tombstone",
        "source",
    ),
    "no source": (tombstone({"externalid": "x"}, 0), "tombstone", "source"),
    "no external id": (tombstone({"reviewsource": "harbour"}, 0, key=b"x"), "tombstone", "external_id"),
    "another type": (tombstone({**HEADERS, "type": "review.submitted"}, 0), "tombstone", "value"),
    "unknown tenant": (tombstone(HEADERS, 0, tenant="nobody"), "unknown_tenant", "tenantid"),
    "blank external id": (deletion({**NAMED, "external_id": " "}, 0), "missing", "external_id"),
}


@pytest.mark.parametrize("case", NAMELESS)
async def test_a_deletion_that_names_no_review_is_a_dead_letter(step: CollectStep, buried: Topic, case: str) -> None:
    message, reason, field = NAMELESS[case]
    await step.handle(message)
    (letter,) = buried.values()
    assert (letter.reason, letter.field) == (reason, field)
    assert step.counts() == (0, 0, 1)


async def test_a_buried_tombstone_says_what_it_deletes_without_its_key(
    step: CollectStep, buried: Topic, tenants: Tenants
) -> None:
    late = json.dumps({"tenant": "late", **NAMED}).encode()
    await step.handle(InboundMessage("reviews.inbound", 0, 0, (), None, late))
    (letter,) = buried.values()
    tenants.create("late")
    again = [(name, value.encode()) for name, value in letter.headers.items()]
    await step.handle(
        inbound(body("x"), 1, tenant="late"), InboundMessage("reviews.inbound", 0, 2, again, letter.payload)
    )
    assert topics(step) == ["review.collected", "review.withdrawn"]


async def test_a_step_in_between_leads_to_a_correction_of_what_it_counted(step: CollectStep, tenant: Tenant) -> None:
    """The saga settles what counts between our decision and our append: the correction is decided again, with it."""
    await step.handle(inbound(body("x"), 0))
    stream, others = review_id(tenant.id, "harbour", "x"), Reviews(step.log)

    async def advance(until: str) -> None:
        review = (await others.read({stream}))[stream]
        while review.step != until:
            change = Change(review, next_events(review))
            assert await others.append([change]) == set()
            review = review.after(change.events)

    await advance("analytics")
    racing = Racing(step.log)
    racing.meanwhile = lambda: advance("notify")
    await step.worker(reviews=racing).handle([inbound(body("x", published_at="2026-02-02"), 1)])
    corrected = decode(step.log.read_stream(stream)[-1].state)
    assert (f"{corrected.replaces.date:%F}", f"{corrected.contribution.date:%F}") == ("2026-02-01", "2026-02-02")
    assert step.ledger.totals().corrected == 1


@pytest.mark.parametrize("said", ["deletion", "correction", "revision"])
async def test_two_partitions_that_say_the_same_at_once_count_one_repeat(step: CollectStep, said: str) -> None:
    await step.handle(inbound(body("x"), 0))

    def message(partition: int) -> InboundMessage:
        if said == "deletion":
            return deletion(NAMED, 0, partition=partition)
        other: dict[str, Any] = {"content": "Warm."} if said == "revision" else {"author_name": "A guest"}
        return inbound(body("x", **other), 0, partition=partition)

    racing = Racing(step.log)
    racing.meanwhile = lambda: step.handle(message(1))
    await step.worker(reviews=racing).handle([message(2)])
    assert step.counts() == (2, 1, 0)
    assert step.log.head() == 2
