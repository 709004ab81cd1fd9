"""What counts as a standstill, by looks whose answers the test gives."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewstream.health.endpoint import Endpoint
from reviewstream.health.servers import Servers
from reviewstream.health.standstill import LONGEST_STEP, Seen, Stillness
from reviewstream.health.watchdog import EXIT_CODE, RECOVERY, Watchdog
from schemas.errors import InvalidInput, TransientError, Unavailable
from tests.waiting import until


def looked(*looks: Seen, passed: float = 1.0) -> float:
    still = Stillness()
    for seen in looks:
        still.look(seen, passed)
    return still.seconds


def test_work_that_waits_while_nothing_moves_is_a_standstill() -> None:
    assert looked(*[Seen(7, 3)] * 5) == 4


@pytest.mark.parametrize("last", [Seen(8, 3), Seen(7, 0)], ids=["it moved", "nothing to do"])
def test_progress_or_rest_ends_a_standstill(last: Seen) -> None:
    assert looked(*[Seen(7, 3)] * 5, last) == 0


def test_work_that_has_just_come_has_not_waited_since_the_last_look() -> None:
    assert looked(Seen(7, 0), Seen(7, 3)) == 0


def test_a_process_that_was_suspended_itself_is_not_blamed_for_that_time() -> None:
    assert looked(Seen(7, 3), Seen(7, 3), passed=3600) == LONGEST_STEP


def test_credit_lasts_until_there_is_progress() -> None:
    still = Stillness()
    still.excuse(10)
    for _ in range(5):
        still.look(Seen(1, 1), 1)
    assert still.seconds == -6
    still.look(Seen(2, 1), 1)
    assert still.seconds == 0


@given(marks=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2)), min_size=1, max_size=50))
def test_it_never_counts_more_than_the_looks_since_the_last_change(marks: list[tuple[int, int]]) -> None:
    looks = [Seen(*each) for each in marks]
    same = 0
    for seen in reversed(looks[:-1]):
        if seen.mark != looks[-1].mark or not seen.waiting or not looks[-1].waiting:
            break
        same += 1
    assert looked(*looks) == same


class Ended(Exception):
    pass


def end(code: int) -> None:
    raise Ended(code)


def rounds(watchdog: Watchdog, number: int) -> None:
    for _ in range(number):
        watchdog._looked -= 1
        watchdog.round()


def watching(seen: Seen | Exception, servers: Servers | None = None) -> Watchdog:
    def look() -> dict[str, Seen]:
        if isinstance(seen, Exception):
            raise seen
        return {"store": seen}

    return Watchdog(look, servers or Servers({}), limit=4, give_up=end)


def test_a_standstill_ends_the_process_with_a_code_of_its_own() -> None:
    watchdog = watching(Seen(7, 3))
    rounds(watchdog, 4)
    with pytest.raises(Ended) as ended:
        rounds(watchdog, 2)
    assert ended.value.args == (EXIT_CODE,)


def test_while_nobody_knows_nobody_is_blamed() -> None:
    rounds(watching(TransientError("the broker does not answer")), 100)


def test_a_worker_that_was_told_to_stop_is_left_alone() -> None:
    watchdog = watching(Seen(7, 3))
    watchdog.stop()
    rounds(watchdog, 100)


def test_while_a_server_is_silent_and_shortly_after_nobody_is_blamed() -> None:
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
