"""Two writers at the same version at the same moment: one wins, and the other is told which event stands there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from threading import Barrier
from time import monotonic
from typing import TypeVar
from uuid import UUID, uuid4

import pytest
from eventsourcing.persistence import IntegrityError, StoredEvent

from connectors.postgres import open_pool
from eventstore.log import EventLog
from eventstore.model import AppendResult, Conflict
from eventstore.recorder import ReviewstreamRecorder
from tests.eventstore.making import event

T = TypeVar("T")
ROUNDS = 100


@pytest.fixture
def writers(url: str) -> Iterator[tuple[EventLog, EventLog]]:
    """Each on one connection of its own."""
    with open_pool(url, name="one", size=1) as one, open_pool(url, name="other", size=1) as other:
        yield EventLog(one), EventLog(other)


class Meetings:
    """Lets two threads begin together, and counts how often both were at it at the same time."""

    def __init__(self) -> None:
        self.count = 0

    def at_once(self, first: Callable[[], T], second: Callable[[], T]) -> tuple[T, T]:
        together = Barrier(2)

        def begin(what: Callable[[], T]) -> tuple[T, float, float]:
            together.wait(30)
            began = monotonic()
            return what(), began, monotonic()

        with ThreadPoolExecutor(2) as threads:
            running = [threads.submit(begin, what) for what in (first, second)]
            (one, began, ended), (other, other_began, other_ended) = (each.result() for each in running)
        self.count += max(began, other_began) < min(ended, other_ended)
        return one, other


def test_exactly_one_wins_and_the_other_hears_which_event_stands(writers: tuple[EventLog, EventLog]) -> None:
    """In ROUNDS rounds, and more until both were at it at the same time in a quarter as many."""
    stream, meetings = uuid4(), Meetings()
    for version in count(1):
        if version > ROUNDS and meetings.count > ROUNDS / 4:
            break
        rivals = (event(stream, version), event(stream, version))
        answers = meetings.at_once(
            lambda r=rivals: writers[0].append([r[0]]), lambda r=rivals: writers[1].append([r[1]])
        )
        winner = next(n for n, answer in enumerate(answers) if answer.appended)
        stands, refused = rivals[winner].event_id, rivals[1 - winner].event_id
        assert answers[winner] == AppendResult(1, 0, (), last_position=version)
        lost = Conflict(stream, version, standing_event_id=stands, refused_event_id=refused)
        assert answers[1 - winner] == AppendResult(0, 0, (lost,), last_position=version)
        assert [e.event_id for e in writers[0].read_stream(stream, after_version=version - 1)] == [stands]


def test_of_the_librarys_recorders_one_is_refused_and_told_why(writers: tuple[EventLog, EventLog], url: str) -> None:
    recorders = [ReviewstreamRecorder(log, url) for log in writers]
    stream = uuid4()

    def insert(number: int, version: int) -> str:
        """What the recorder objects, nothing when it recorded."""
        state = f"somebody's words, by writer {number}".encode()
        try:
            recorders[number].insert_events([StoredEvent(stream, version, "test.happened", state)])
        except IntegrityError as error:
            return str(error)
        return ""

    for version in range(1, ROUNDS + 1):
        said = Meetings().at_once(lambda v=version: insert(0, v), lambda v=version: insert(1, v))
        (objection,) = filter(None, said)
        (stands,) = writers[0].read_stream(stream, after_version=version - 1)
        assert stands.state.endswith(str(said.index("")).encode())
        assert objection == (
            f"version {version} of stream {stream} cannot be recorded: event {stands.event_id} is recorded there; "
            "load the aggregate again and decide again"
        )


def test_a_repeat_is_told_from_a_rival(log: EventLog, url: str) -> None:
    recorder, stream = ReviewstreamRecorder(log, url), uuid4()
    stored = [StoredEvent(stream, version, "test.happened", b"words") for version in (1, 2, 4)]
    recorder.insert_events(stored)
    second = log.read_stream(stream)[1].event_id
    for given, said in (
        ([stored[1]], f"version 2 of stream {stream} is recorded already: the same event {second} is there"),
        ([StoredEvent(stream, 3, "test.happened", b"")], "version 3 .* the stream has later versions"),
        ([fresh(UUID(int=1)), fresh(UUID(int=1))], "given twice in one insert"),
    ):
        with pytest.raises(IntegrityError, match=said) as refused:
            recorder.insert_events(given)
        assert "words" not in str(refused.value)
    assert log.head() == 3


def fresh(stream: UUID) -> StoredEvent:
    return StoredEvent(stream, 1, "test.happened", b"words")
