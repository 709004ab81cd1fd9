"""Reading streams, ranges and scans."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from eventstore.log import EventLog
from tests.eventstore.making import TENANT, event, history


def test_streams_are_read_by_version_and_unknown_ones_are_empty(log: EventLog) -> None:
    first, second, unknown = history(3), history(2), uuid4()
    log.append([*first, *second])
    read = log.read_streams([first[0].stream_id, unknown, second[0].stream_id])
    assert [e.event_id for e in read[first[0].stream_id]] == [e.event_id for e in first]
    assert [e.version for e in read[second[0].stream_id]] == [1, 2]
    assert read[unknown] == []


def test_streams_can_be_read_by_topic(log: EventLog) -> None:
    stream = uuid4()
    log.append([event(stream, 1, topic="a"), event(stream, 2, topic="b"), event(stream, 3, topic="a")])
    assert [e.version for e in log.read_streams([stream], topics=["a"])[stream]] == [1, 3]


def test_a_stream_is_read_between_versions(log: EventLog) -> None:
    given = history(6)
    log.append(given)
    read = log.read_stream(given[0].stream_id, after_version=2, until_version=5)
    assert [e.version for e in read] == [3, 4, 5]


def test_read_after_respects_limit_and_until(log: EventLog) -> None:
    log.append(history(10))
    assert [e.position for e in log.read_after(3, 4)] == [4, 5, 6, 7]
    assert [e.position for e in log.read_after(3, 4, until=5)] == [4, 5]
    assert log.read_after(10, 5) == []


def test_read_after_looks_past_events_that_the_filter_drops(log: EventLog) -> None:
    log.append([*history(50), event(topic="rare"), *history(50), event(topic="rare")])
    assert [e.position for e in log.read_after(0, 2, topics=["rare"])] == [51, 102]
    assert [e.position for e in log.read_after(0, 1, topics=["rare"])] == [51]


def test_a_scan_gives_everything_once_in_full_batches(log: EventLog) -> None:
    log.append(history(25))
    batches = list(log.scan(batch=10))
    assert [len(batch) for batch in batches] == [10, 10, 5]
    assert [e.position for batch in batches for e in batch] == list(range(1, 26))


def test_a_scan_ends_at_the_head_it_started_with(log: EventLog) -> None:
    log.append(history(4))
    scan = log.scan(batch=2)
    seen = next(scan)
    log.append(history(4))
    assert [e.position for batch in (seen, *scan) for e in batch] == [1, 2, 3, 4]


def test_scan_and_count_agree_on_every_filter(log: EventLog) -> None:
    other = uuid4()
    log.append([event(topic="a"), event(topic="b"), event(topic="a", tenant_id=other)])
    noon = log.read_after(2, 1)[0].recorded_at
    log.append([event(topic="b", tenant_id=other), event(topic="c")])
    for expected, asked in [
        ([1, 3], {"topics": ["a"]}),
        ([1, 2, 4, 3], {"topics": ["a", "b"]}),
        ([3, 4], {"tenant_id": other}),
        ([1], {"topics": {"a"}, "tenant_id": TENANT}),
        ([3, 4, 5], {"since": noon}),
        ([], {"since": datetime.now(UTC) + timedelta(days=1)}),
        ([2, 3], {"after": 1, "until": 3}),
        ([4, 5], {"after": 3}),
        ([], {"topics": []}),
    ]:
        scanned = [e.position for batch in log.scan(batch=2, **asked) for e in batch]
        assert scanned == sorted(expected), asked
        assert log.count(**asked) == len(expected), asked
