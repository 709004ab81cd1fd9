"""Where contracts belong: each says it, none of them wrongly, and a further directory of contracts is one of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from schemas.codec import classes, decode, encode
from schemas.errors import InvalidInput, UnknownSchema
from schemas.registry import contract, contracts, extended, newest, read
from schemas.routing import Routing, agree
from schemas.tools.compatibility import check
from schemas.topics import DEADLETTER, INBOUND, NOTIFICATIONS, STEPS, carrier, event_routings, public_topics, triggers
from streams.topics import all_topics, step_topics
from tests.parcels import events
from tests.parcels.events import MailParcelDelivered
from tests.parcels.registering import copied
from tests.schemas.test_ids import COMMITTED

Change = Callable[[dict[str, Any]], object]
SENT = "mail_parcel.sent"
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_topics_that_others_read_stay_as_they_are() -> None:
    events_of_reviews = {name.rpartition(".v")[0] for _, name in COMMITTED if name.startswith("review.")}
    assert {event: public_topics()[event] for event in events_of_reviews} == {
        event: event.replace("review.", "reviews.") for event in events_of_reviews
    }
    messages = ("inbound.review", "deadletter.message", "notification.review", "step.batch")
    assert [carrier(name) for name in messages] == [INBOUND, DEADLETTER, NOTIFICATIONS, STEPS]


def test_every_event_has_a_public_topic_and_some_a_step() -> None:
    assert public_topics().keys() == {one.topic for one in contracts().values() if one.routing.aggregate}
    assert triggers().keys() < public_topics().keys()
    assert {*public_topics().values(), *step_topics()} < all_topics(1).keys()
    assert {routing.aggregate for routing in event_routings().values()} == {
        "alarm",
        "calibration",
        "review",
        "topic_model",
    }


WRONG: dict[str, tuple[Change, str]] = {
    "nothing at all": (lambda every: every.pop(SENT), "routing.json does not say where it goes: add aggregate"),
    "a contract that is not there": (lambda every: every.update({"a.b": every[SENT]}), "ids.json does not"),
    "no object": (lambda every: every.update({SENT: "parcels.sent"}), "its entry is an object of texts"),
    "no text": (lambda every: every[SENT].update(next_step=None), "its entry is an object of texts"),
    "an unknown key": (lambda every: every[SENT].update(nextstep="store"), "aggregate, public_topic and maybe next_step"),
    "half an event": (lambda every: every[SENT].pop("aggregate"), "aggregate, public_topic and maybe next_step"),
    "event and message": (lambda every: every[SENT].update(topic="x"), "aggregate, public_topic and maybe next_step"),
    "a step that is no name": (lambda every: every[SENT].update(next_step="Send it"), "next_step: lower-case letters"),
    "another aggregate": (lambda every: every[SENT].update(aggregate="parcel"), "aggregate: it is mail_parcel"),
    "a topic that is no name": (lambda every: every[SENT].update(public_topic="Parcels/sent"), "public_topic: a word"),
    "another event's name": (lambda every: every[SENT].update(public_topic="parcels.gone"), "public_topic: a word"),
    "topics that begin differently": (
        lambda every: every[SENT].update(public_topic="letters.sent"), "public topics of mail_parcel begin with"),
    "internal topics": (
        lambda every: [each.update(public_topic=each["public_topic"].replace("parcels", "steps")) for each in every.values()],
        "no public topic may begin with steps"),
    "topics that look like events": (
        lambda every: [each.update(public_topic=each["public_topic"].replace("parcels", "mail_parcel")) for each in every.values()],
        "no public topic may begin with mail_parcel"),
}  # fmt: skip


@pytest.mark.parametrize(("change", "why"), WRONG.values(), ids=WRONG)
def test_a_wrong_routing_is_refused_by_name(tmp_path: Path, change: Change, why: str) -> None:
    directory = copied(tmp_path)
    path = directory / "routing.json"
    every = json.loads(path.read_text())
    change(every)
    path.write_text(json.dumps(every))
    with pytest.raises(InvalidInput, match=why) as caught:
        read(directory)
    assert caught.value.field in {*every, SENT}
    assert str(caught.value).startswith(f"{caught.value.field}: ")
    assert caught.value.reason in {"missing_routing", "wrong_routing"}
    assert (caught.value.reason, caught.value.field) in {(each.rule, each.contract) for each in check(directory)}


@pytest.mark.parametrize("text", ["[]", "{", '{"a.b": {}, "a.b": {}}'])
def test_what_is_no_object_is_refused(tmp_path: Path, text: str) -> None:
    directory = copied(tmp_path)
    (directory / "routing.json").write_text(text)
    with pytest.raises(InvalidInput, match=r"^routing\.json: ") as caught:
        read(directory)
    assert caught.value.reason == "no_json"


def test_a_further_directory_counts_as_long_as_it_is_taken_up(tmp_path: Path) -> None:
    own = dict(contracts())
    with extended(copied(tmp_path), events):
        assert contracts().items() > own.items()
        assert contract(9001) is newest(SENT)
        assert classes()[SENT] is events.MailParcelSent
        assert (carrier(SENT), event_routings()[SENT].aggregate) == ("parcels.sent", "mail_parcel")
        assert "parcels.sent" in all_topics(1)
        delivered = MailParcelDelivered(delivered_at=NOON)
        stored = encode(delivered)
        assert decode(stored) == delivered
    assert contracts() == own
    assert "parcels.sent" not in all_topics(1)
    with pytest.raises(UnknownSchema):
        decode(stored)


def test_an_id_that_is_taken_is_refused_and_nothing_is_taken_up(tmp_path: Path) -> None:
    directory = copied(tmp_path)
    (directory / "ids.json").write_text(json.dumps({f"{SENT}.v1": 1, "mail_parcel.delivered.v1": 9002}))
    why = r"mail_parcel\.sent\.v1: its id 1 or its name is that of another contract"
    with pytest.raises(InvalidInput, match=why), extended(directory, events):
        pytest.fail("it was taken up")
    assert contract(1).topic == "review.collected"
    assert SENT not in public_topics()


def test_the_same_contracts_twice_are_refused(tmp_path: Path) -> None:
    directory = copied(tmp_path)
    why = "is that of another contract"
    with extended(directory, events), pytest.raises(InvalidInput, match=why), extended(directory, events):
        pytest.fail("it was taken up")


def test_two_contracts_never_share_a_topic() -> None:
    inbound = Routing(INBOUND)
    with pytest.raises(InvalidInput, match=r"review\.inbound: its topic reviews\.inbound is that of inbound\.review"):
        agree({"inbound.review": inbound, "review.inbound": Routing(INBOUND, "review")})
