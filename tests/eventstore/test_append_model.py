"""Any sequence of appends, with repeats, conflicts and gaps, does what a small model says."""

from __future__ import annotations

from uuid import UUID, uuid5

from hypothesis import given, settings
from hypothesis import strategies as st

from eventstore.log import EventLog
from eventstore.model import NewEvent
from tests.effort import examples
from tests.eventstore.making import event
from tests.eventstore.store_model import Model

ROOT = UUID(int=7)

# (stream, version, rival): few of each, so that repeats, conflicts and gaps are common
Choice = tuple[int, int, int]
choices = st.tuples(st.integers(0, 2), st.integers(0, 4), st.sampled_from([0, 0, 0, 1]))
requests = st.lists(choices, max_size=6)
transactions = st.lists(st.lists(requests, min_size=1, max_size=3), min_size=1, max_size=5)


@settings(max_examples=examples(60))
@given(transactions=transactions)
def test_the_log_does_what_the_model_does(log: EventLog, transactions: list[list[list[Choice]]]) -> None:
    start = log.head()  # the log outlives an example; streams are named by where they start
    model = Model()
    for transaction in transactions:
        given = [[_event(start, choice) for choice in request] for request in transaction]
        for result, request in zip(log.append_all(given), given, strict=True):
            appended, skipped, refused = model.append(request)
            assert (result.appended, result.skipped) == (appended, skipped)
            assert {c.stream_id: (c.version, c.standing_event_id) for c in result.conflicts} == refused
        assert result.last_position == log.head() == start + len(model.order)
    recorded = log.read_after(start, 1_000)
    assert [e.event_id for e in recorded] == [e.event_id for e in model.order]
    assert [e.position for e in recorded] == list(range(start + 1, start + 1 + len(model.order)))
    streams = log.read_streams(model.streams)
    stored = {stream: {e.version: e.event_id for e in events} for stream, events in streams.items()}
    assert stored == model.streams


def _event(start: int, choice: Choice) -> NewEvent:
    stream, version, rival = choice
    stream_id = uuid5(ROOT, f"{start}/{stream}")
    return event(stream_id, version, event_id=uuid5(stream_id, f"{version}/{rival}"))
