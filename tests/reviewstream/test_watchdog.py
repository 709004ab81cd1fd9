"""What counts as a standstill, by observations whose answers the test gives."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewstream.health.endpoint import Endpoint
from reviewstream.health.servers import Servers
from reviewstream.health.standstill import LONGEST_STEP, Seen, StallTimer
from reviewstream.health.watchdog import EXIT_CODE, RECOVERY, Watchdog
from schemas.errors import InvalidInput, TransientError, Unavailable
from tests.waiting import until


def seconds_after(*observations: Seen, passed: float = 1.0) -> float:
    timer = StallTimer()
    for seen in observations:
        timer.observe(seen, passed)
    return timer.seconds


def test_work_that_waits_while_nothing_moves_is_a_standstill() -> None:
    assert seconds_after(*[Seen(7, 3)] * 5) == 4


@pytest.mark.parametrize("last", [Seen(8, 3), Seen(7, 0)], ids=["it moved", "nothing to do"])
def test_progress_or_rest_ends_a_standstill(last: Seen) -> None:
    assert seconds_after(*[Seen(7, 3)] * 5, last) == 0


def test_work_that_has_just_come_has_not_waited_since_the_last_observation() -> None:
    assert seconds_after(Seen(7, 0), Seen(7, 3)) == 0


def test_a_process_that_was_suspended_itself_is_not_blamed_for_that_time() -> None:
    assert seconds_after(Seen(7, 3), Seen(7, 3), passed=3600) == LONGEST_STEP


def test_credit_lasts_until_there_is_progress() -> None:
    timer = StallTimer()
    timer.excuse(10)
    for _ in range(5):
        timer.observe(Seen(1, 1), 1)
    assert timer.seconds == -6
    timer.observe(Seen(2, 1), 1)
    assert timer.seconds == 0


@given(steps=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2)), min_size=1, max_size=50))
def test_it_never_counts_more_than_the_observations_since_the_last_change(steps: list[tuple[int, int]]) -> None:
    observations = [Seen(*each) for each in steps]
    same = 0
    for seen in reversed(observations[:-1]):
        if seen.progress != observations[-1].progress or not seen.waiting or not observations[-1].waiting:
            break
        same += 1
    assert seconds_after(*observations) == same


class Ended(Exception):
    pass


def end(code: int) -> None:
    raise Ended(code)


def rounds(watchdog: Watchdog, number: int) -> None:
    for _ in range(number):
        watchdog._probed -= 1
        watchdog.round()


def watching(seen: Seen | Exception, servers: Servers | None = None) -> Watchdog:
    def probe() -> dict[str, Seen]:
        if isinstance(seen, Exception):
            raise seen
        return {"store": seen}

    return Watchdog(probe, servers or Servers({}), limit=4, give_up=end)


def test_a_standstill_ends_the_process_with_a_code_of_its_own() -> None:
    watchdog = watching(Seen(7, 3))
    rounds(watchdog, 4)
    with pytest.raises(Ended) as ended:
        rounds(watchdog, 2)
    assert ended.value.args == (EXIT_CODE,)


def test_unknown_progress_is_not_a_standstill() -> None:
    rounds(watching(TransientError("the broker does not answer")), 100)


def test_a_worker_that_was_asked_to_stop_is_left_alone() -> None:
    watchdog = watching(Seen(7, 3))
    watchdog.stop()
    rounds(watchdog, 100)


def test_while_a_server_is_silent_and_shortly_after_nothing_counts() -> None:
    back = threading.Event()

    def ping() -> None:
        if not back.is_set():
            raise ConnectionError

    servers = Servers({"mongo": ping}, every=0.01)
    watchdog = watching(Seen(7, 3), servers)
    servers.start()
    try:
        rounds(watchdog, 100)
        assert servers.silent() == ["mongo"]
        back.set()
        until(lambda: not servers.silent())
        rounds(watchdog, int(RECOVERY) + 1)
        with pytest.raises(Ended):
            rounds(watchdog, 6)
    finally:
        servers.stop()


def test_a_ping_that_hangs_is_a_server_that_does_not_answer_and_delays_no_other() -> None:
    release = threading.Event()
    servers = Servers({"hangs": release.wait, "answers": bool}, every=0.01)
    servers.start()
    try:
        until(lambda: servers.silent() == ["hangs"])
    finally:
        servers.stop()
        release.set()


@pytest.fixture
def taken() -> Iterator[str]:
    endpoint = Endpoint("127.0.0.1:0", {})
    yield endpoint.address
    endpoint.close()


def test_an_address_that_is_taken_is_named_with_the_setting(taken: str) -> None:
    with pytest.raises(Unavailable, match=rf"REVIEWSTREAM_HEALTH_ADDRESS: {taken} cannot be listened on"):
        Endpoint(taken, {})


@pytest.mark.parametrize("address", ["127.0.0.1:many", "127.0.0.1:70000"])
def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(InvalidInput, match="is not HOST:PORT"):
        Endpoint(address, {})
