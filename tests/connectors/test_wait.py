"""Waiting ends with what was waited for, or says what did not come."""

from __future__ import annotations

import time
from itertools import count

import pytest

from connectors.fault_table import fault_of
from connectors.faults import Fault
from connectors.wait import TimedOut, wait_out, wait_until


class Busy(Exception):
    """An error that passes."""


def test_the_first_true_value_is_given_and_nothing_is_asked_after_it() -> None:
    asked = count(-2)
    assert wait_until(lambda: max(next(asked), 0), 30, what="a number", every=0.001) == 1
    assert next(asked) == 2


def test_what_holds_already_is_not_waited_for() -> None:
    began = time.monotonic()
    assert wait_until(lambda: "here", 30, what="it", every=20) == "here"
    assert wait_out(Busy, lambda: None, 30, every=20) is None
    assert time.monotonic() - began < 10


def test_what_times_out_says_what_it_waited_for_and_may_be_tried_again() -> None:
    with pytest.raises(TimedOut, match=r"^waited 0\.02 s for the worker to stop$") as caught:
        wait_until(lambda: 0, 0.02, what="the worker to stop", every=0.001)
    assert fault_of(caught.value) is Fault.TRANSIENT


def test_an_error_of_the_condition_ends_the_waiting() -> None:
    def asked() -> bool:
        raise Busy("at once")

    with pytest.raises(Busy, match="at once"):
        wait_until(asked, 30, what="it", every=20)


def failing(*errors: Exception):
    left = list(errors)

    def call() -> str:
        if left:
            raise left.pop(0)
        return "done"

    return call


def test_an_error_that_passes_is_waited_out_by_class_or_by_what_it_says() -> None:
    assert wait_out(Busy, failing(Busy(), Busy()), 30, every=0.001) == "done"
    assert wait_out(lambda error: error.args == (7,), failing(Busy(7), Busy(7)), 30, every=0.001) == "done"


def test_another_error_is_raised_at_once() -> None:
    with pytest.raises(KeyError):
        wait_out(Busy, failing(Busy(), KeyError("other")), 30, every=0.001)
    with pytest.raises(Busy):
        wait_out(lambda error: error.args == (7,), failing(Busy(7), Busy(8)), 30, every=0.001)


def test_the_last_error_is_raised_when_it_does_not_pass() -> None:
    numbers = count()

    def call() -> None:
        raise Busy(next(numbers))

    with pytest.raises(Busy) as caught:
        wait_out(Busy, call, 0.02, every=0.001)
    assert caught.value.args == (next(numbers) - 1,)
