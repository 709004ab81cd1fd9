"""Whatever a channel does: one outcome for each notification, in time, and nobody else is delayed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.error import URLError

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.errors import InvalidInput, PermanentError, TransientError, Unavailable
from schemas.messages import Notification
from services.notifications.answers import answers
from services.notifications.bulkhead import Bulkhead, Found
from services.notifications.channel import Delivered, GivenUp, Limits, Outcome, RetryLater
from services.notifications.delivery import Delivery
from telemetry.failpoints import InjectedError
from telemetry.metrics import REGISTRY
from telemetry.progress import beats
from tests.services.channels import Hanging, Told, notification
from tests.waiting import until

SHORT = Limits(deadline=1.5, threads=2)
LONG = 30.0
"""Seconds: a deadline that no test waits for."""


@pytest.fixture
def hang() -> Iterator[Hanging]:
    made = Hanging()
    yield made
    made.release()


def put_off(reason: str, channel: str = "told") -> float:
    labels = {"channel": channel, "reason": reason}
    return REGISTRY.get_sample_value("reviewstream_notifications_put_off_total", labels) or 0.0


def reasons(found: Found, asked: Sequence[Notification]) -> list[str]:
    """In order: what became of each."""
    assert found.keys() == {each.notification_id for each in asked}
    outcomes = [found[each.notification_id] for each in asked]
    return ["delivered" if isinstance(each, Delivered) else each.reason for each in outcomes]


def raising(*errors: Exception) -> Callable[[Notification], Outcome]:
    """Raises these in turn, whatever it is given, then delivers."""
    left = list(errors)

    def answer(_: Notification) -> Outcome:
        if left:
            raise left.pop(0)
        return Delivered()

    return answer


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (TransientError("the broker is away"), RetryLater("unavailable", "the broker is away")),
        (InjectedError("failpoint x"), RetryLater("unavailable", "failpoint x")),
        (Unavailable("no right"), RetryLater("misconfigured", "no right")),
        (TimeoutError("read of secret"), RetryLater("timed_out", "TimeoutError")),
        (ConnectionRefusedError("at secret"), RetryLater("unreachable", "ConnectionRefusedError")),
        (URLError("https://secret"), RetryLater("unreachable", "URLError")),
        (PermanentError("the endpoint is gone"), GivenUp("refused", "the endpoint is gone")),
        (InvalidInput("too long", field="text"), GivenUp("content_refused", "too long")),
        (KeyError("a review's words"), GivenUp("refused", "KeyError")),
    ],
)
def test_an_error_is_an_outcome_and_quotes_nothing_of_others(error: Exception, outcome: Outcome) -> None:
    assert list(answers(Told(raising(error)), [notification()])) == [outcome]


def test_one_that_is_refused_by_an_error_does_not_spoil_the_others() -> None:
    def answer(each: Notification) -> Outcome:
        if each.external_id == "bad":
            raise PermanentError("the endpoint does not take this one")
        return Delivered()

    asked = [notification(external_id=name) for name in ("a", "bad", "b", "bad", "c")]
    found = list(answers(Told(answer), asked))
    assert [type(each).__name__ for each in found] == ["Delivered", "GivenUp", "Delivered", "GivenUp", "Delivered"]


def test_a_transient_error_is_not_insisted_on_within_a_batch() -> None:
    channel = Told(raising(TransientError("away")))
    asked = [notification() for _ in range(3)]
    assert list(answers(channel, asked)) == [RetryLater("unavailable", "away")] * 3
    assert len(channel.handed) == 1


class Answering:
    """Answers with whatever it was made with."""

    name, limits = "told", SHORT

    def __init__(self, *found: Any) -> None:
        self.found = found

    def deliver(self, notifications: Sequence[Notification]) -> Any:
        del notifications
        return self.found


@pytest.mark.parametrize(
    ("answered", "expected"),
    [
        ((Delivered(),), ["delivered", "no_answer"]),
        ((), ["no_answer", "no_answer"]),
        ((Delivered(),) * 3, ["delivered", "delivered"]),
        ((True, Delivered()), ["refused", "refused"]),
    ],
)
def test_a_channel_that_answers_too_few_too_many_or_nonsense_leaves_none_without_an_outcome(
    answered: tuple[Any, ...], expected: list[str]
) -> None:
    asked = [notification(), notification()]
    bulkhead = Bulkhead(Answering(*answered))
    assert reasons(bulkhead.collect(bulkhead.submit(asked)), asked) == expected


def test_who_has_no_answer_by_the_deadline_is_tried_later_and_what_was_answered_counts(hang: Hanging) -> None:
    hang.hangs = lambda each: each.external_id == "hangs"
    bulkhead = Bulkhead(Told(hang, limits=SHORT))
    asked = [notification(external_id=name) for name in ("a", "hangs", "b")]
    before = beats("notify")
    assert reasons(bulkhead.collect(bulkhead.submit(asked)), asked) == ["delivered", "timed_out", "timed_out"]
    assert beats("notify") > before, "or the watchdog would take the worker for one that stands still"


def test_a_tenant_whose_endpoint_hangs_delays_the_others_once_and_then_no_more(hang: Hanging) -> None:
    hang.hangs = lambda each: each.tenant == "dead"
    bulkhead, busy = Bulkhead(Told(hang, limits=Limits(deadline=1.5))), put_off("busy")
    for expected, waited_for in (("timed_out", {"dead", "well", "fine"}), *[("busy", {"well", "fine"})] * 2):
        asked = [notification("dead"), notification("well"), notification("fine")]
        begun = bulkhead.submit(asked)
        assert {call.destination for call in begun.calls if call.waited_for} == waited_for
        assert reasons(bulkhead.collect(begun), asked) == [expected, "delivered", "delivered"]
    assert put_off("busy") == busy + 2


def test_one_that_was_late_is_not_waited_for_until_it_answers_in_time_again(hang: Hanging) -> None:
    bulkhead = Bulkhead(Told(hang, limits=SHORT))
    first = [notification()]
    assert reasons(bulkhead.collect(bulkhead.submit(first)), first) == ["timed_out"]
    hang.release()
    until(lambda: not bulkhead.in_flight, 20)
    began = bulkhead.submit([notification()])
    assert [call.waited_for for call in began.calls] == [False]
    bulkhead.collect(began)
    until(lambda: not bulkhead.in_flight, 20)
    assert [call.waited_for for call in bulkhead.submit([notification()]).calls] == [True]


def test_what_is_answered_late_is_known_on_the_retry_and_not_sent_again(hang: Hanging) -> None:
    channel = Told(hang, limits=SHORT)
    bulkhead = Bulkhead(channel)
    asked = [notification(), notification()]
    assert reasons(bulkhead.collect(bulkhead.submit(asked)), asked) == ["timed_out", "timed_out"]
    hang.release()
    until(lambda: not bulkhead.in_flight, 20)
    assert reasons(bulkhead.collect(bulkhead.submit(asked)), asked) == ["delivered", "delivered"]
    assert channel.ids == [each.notification_id for each in asked]


def test_hung_threads_are_bounded_and_the_rest_is_put_off_at_once_and_counted(hang: Hanging) -> None:
    bulkhead = Bulkhead(Told(hang, limits=SHORT))
    before = put_off("channel_full")
    asked = [notification(f"tenant-{n}") for n in range(5)]
    found = reasons(bulkhead.collect(bulkhead.submit(asked)), asked)
    assert sorted(found) == ["channel_full"] * 3 + ["timed_out"] * 2
    more = [notification(f"other-{n}") for n in range(4)]
    round_ = bulkhead.submit(more)
    assert round_.calls == [], "nobody waits for a thread that will not be free"
    assert reasons(bulkhead.collect(round_), more) == ["channel_full"] * 4
    assert put_off("channel_full") == before + 7
    hang.release()
    until(lambda: not bulkhead.in_flight, 20)
    assert reasons(bulkhead.collect(bulkhead.submit(more)), more) == ["delivered"] * 4


def test_more_tenants_than_threads_queue_for_them() -> None:
    bulkhead = Bulkhead(Told(limits=Limits(deadline=LONG, threads=2)))
    asked = [notification(f"tenant-{n}") for n in range(50)]
    assert reasons(bulkhead.collect(bulkhead.submit(asked)), asked) == ["delivered"] * 50


def test_a_channel_that_hangs_delays_no_other_channel(hang: Hanging) -> None:
    # The sound one answers while the other hangs: it is asked in a thread of its own, and not after the other one.
    sound = Told(name="sound", limits=Limits(deadline=LONG))
    delivery = Delivery([Told(hang, name="hanging", limits=Limits(deadline=LONG)), sound])
    asked = {"hanging": [notification()], "sound": [notification()]}
    with ThreadPoolExecutor(1) as waiting:
        delivered = waiting.submit(delivery.deliver, asked)
        assert hang.hung.acquire(timeout=20)
        until(lambda: sound.ids == [asked["sound"][0].notification_id], 20)
        assert not delivered.done()
        hang.release()
        assert reasons(delivered.result(20), [*asked["hanging"], *asked["sound"]]) == ["delivered", "delivered"]


def test_the_deadlines_of_channels_run_side_by_side(hang: Hanging) -> None:
    channels = [Told(hang, name=f"c{n}", limits=Limits(deadline=0.5)) for n in range(8)]
    delivery = Delivery(channels)
    asked = {channel.name: [notification()] for channel in channels}
    began = time.monotonic()
    found = delivery.deliver(asked)
    assert reasons(found, [each for group in asked.values() for each in group]) == ["timed_out"] * 8
    assert time.monotonic() - began < 0.5 * 7


def test_a_channel_that_is_not_registered_any_more_is_given_up() -> None:
    asked = [notification()]
    assert reasons(Delivery([]).deliver({"pager": asked}), asked) == ["unknown_channel"]


def test_two_channels_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="the same name"):
        Delivery([Told(), Told()])


@pytest.mark.parametrize("wrong", [{"deadline": 0}, {"deadline": 61}, {"threads": 0}])
def test_limits_that_a_worker_could_not_bear_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"^(deadline|threads): give"):
        Limits(**wrong)


KINDS: dict[str, Callable[[], Outcome]] = {
    "delivered": Delivered,
    "later": lambda: RetryLater("throttled"),
    "given up": lambda: GivenUp("gone"),
    "transient": lambda: raised(TransientError("away")),
    "permanent": lambda: raised(PermanentError("no")),
    "bug": lambda: raised(AssertionError("oops")),
}


def raised(error: Exception) -> Outcome:
    raise error


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(list(KINDS))), max_size=20), st.booleans())
def test_any_mixture_of_answers_and_errors_gives_each_its_own_outcome(plan: list[tuple[str, str]], apart: bool) -> None:
    asked = [notification(tenant, kind) for tenant, kind in plan]
    channel = Told(lambda each: KINDS[each.external_id](), limits=Limits(deadline=LONG, threads=2, by_tenant=apart))
    bulkhead = Bulkhead(channel)
    found = bulkhead.collect(bulkhead.submit(asked))
    bulkhead.close()
    assert found.keys() == {each.notification_id for each in asked}
    failed = {each.tenant if apart else "" for each in asked if each.external_id == "transient"}
    for each in asked:
        outcome, disturbed = found[each.notification_id], (each.tenant if apart else "") in failed
        expected = {"delivered": Delivered, "later": RetryLater, "transient": RetryLater}.get(each.external_id, GivenUp)
        assert isinstance(outcome, expected) or (disturbed and isinstance(outcome, RetryLater))
