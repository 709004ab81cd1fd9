"""Publishing a file to a real broker: interrupted, resumed, collected, reported."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable
from pathlib import Path

import pytest

from cli.publish_pages import say_idle
from connectors.kafka import ConfirmingProducer, Outgoing
from connectors.postgres import Pool
from eventstore.log import EventLog
from schemas.codec import decode
from schemas.errors import TransientError, Unavailable
from services.inbound.ledger import InboundLedger
from sources.files.mapping import FieldMapping
from sources.files.row_reader import RowReader
from sources.publishing import publisher as publishing_run
from sources.publishing.checkpoint import Checkpoint
from sources.publishing.envelope import Envelope
from sources.publishing.publisher import Publishing
from streams.topics import INBOUND
from tests.sources.publishing.conftest import TENANT, Collecting
from tests.streams.topics import Topic

ROWS = 1234


class Breaking(ConfirmingProducer):
    """Loses the broker after some batches; half of the failing batch arrives all the same."""

    left = 1

    def send(self, messages: Iterable[Outgoing]) -> dict[tuple[str, int], int]:
        if self.left:
            self.left -= 1
            return super().send(messages)
        batch = list(messages)
        super().send(batch[: len(batch) // 2])
        raise TransientError("the broker is gone")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Every hundredth row has an impossible rating; line 2 is the first row."""
    path = tmp_path / "reviews.csv"
    rows = [f"r{n},Row {n} was fine.,{9 if n % 100 == 50 else 4},2026-01-02" for n in range(ROWS)]
    path.write_text("\n".join(["external_id,content,rating,published_at", *rows]) + "\n")
    return path


def publish(publishing: Publishing, file: Path) -> Checkpoint:
    """One run, as the command does it, up to the last confirmation."""
    checkpoint = Checkpoint.open(file.parent / "publishing", str(file), tenant=TENANT, source="harbour")
    envelope = Envelope(TENANT, "harbour", checkpoint.run_id, FieldMapping({}))
    for _ in publishing.send(RowReader(str(file), start_line=checkpoint.line + 1), envelope, checkpoint):
        pass
    return checkpoint


def test_interrupted_in_the_middle_the_next_run_goes_on_and_nothing_is_lost(
    file: Path, pool: Pool, ledger: InboundLedger, producer: ConfirmingProducer, broker: str, collect_sent: Collecting
) -> None:
    with pytest.raises(TransientError):
        publish(Publishing(Breaking(broker), ledger), file)
    arrived = collect_sent()
    assert publishing_run.BATCH < arrived < publishing_run.BATCH * 2
    publishing = Publishing(producer, ledger)
    checkpoint = publish(publishing, file)
    assert checkpoint.sent == ROWS
    assert collect_sent() == ROWS + arrived - publishing_run.BATCH  # what arrived unconfirmed came twice
    report = publishing.wait(checkpoint)
    contents = [decode(event.state).content for event in EventLog(pool).read_after(0, 10_000)]
    good = [n for n in range(ROWS) if n % 100 != 50]
    assert sorted(contents) == sorted(f"Row {n} was fine." for n in good)
    assert report.run_id == checkpoint.run_id
    assert report.accepted == len(good)
    assert [rejection.line for rejection in report.rejections] == [n + 2 for n in range(ROWS) if n % 100 == 50]
    assert report.received == report.accepted + report.deduplicated + report.rejected
    assert (report.revised, report.corrected, report.withdrawn) == (0, 0, 0)


def test_publishing_again_changes_nothing(
    file: Path, pool: Pool, ledger: InboundLedger, producer: ConfirmingProducer, collect_sent: Collecting
) -> None:
    publishing = Publishing(producer, ledger)
    first = publish(publishing, file)
    first.done()
    collect_sent()
    head = EventLog(pool).head()
    second = publish(publishing, file)
    collect_sent()
    report = publishing.wait(second)
    rejected = len(range(50, ROWS, 100))
    assert second.run_id != first.run_id
    assert (report.sent, report.accepted, report.deduplicated, report.rejected) == (ROWS, 0, ROWS - rejected, rejected)
    assert EventLog(pool).head() == head


def test_the_report_names_the_line_the_field_and_the_fix(
    tmp_path: Path, ledger: InboundLedger, producer: ConfirmingProducer, collect_sent: Collecting
) -> None:
    file = tmp_path / "reviews.jsonl"
    good = {"external_id": "a", "content": "Fine.", "published_at": "2026-01-02"}
    rows = [good, {**good, "external_id": "b", "published_at": "soon"}, {**good, "external_id": "c", "rating": 9}]
    lines = [json.dumps(row).encode() for row in rows]
    file.write_bytes(b"\n".join([*lines, b"{not json", b"\xff\xfe", json.dumps(good).encode()]) + b"\n")
    publishing = Publishing(producer, ledger)
    checkpoint = publish(publishing, file)
    collect_sent()
    report = publishing.wait(checkpoint)
    assert (report.sent, report.received, report.accepted, report.deduplicated, report.rejected) == (6, 6, 1, 1, 4)
    told = {each.line: each for each in report.rejections}
    assert sorted(told) == [2, 3, 4, 5]
    assert (told[2].field, told[3].field) == ("published_at", "rating")
    assert "ISO 8601" in told[2].error
    assert {told[4].reason, told[5].reason} == {"unreadable_row"}


def test_rows_of_one_review_share_a_partition_and_name_their_run(
    tmp_path: Path, ledger: InboundLedger, producer: ConfirmingProducer, sent: Topic
) -> None:
    file = tmp_path / "reviews.csv"
    rows = [f"r{n % 5},Words {n}.,2026-01-02" for n in range(50)]
    file.write_text("\n".join(["external_id,content,published_at", *rows]) + "\n")
    checkpoint = publish(Publishing(producer, ledger), file)
    places: dict[str, set[int]] = {}
    for message in sent.messages():
        for event in json.loads(message.value()):
            assert (event["runid"], event["tenantid"]) == (checkpoint.run_id, TENANT)
            places.setdefault(event["data"]["external_id"], set()).add(message.partition())
    assert {review: len(partitions) for review, partitions in places.items()} == {f"r{n}": 1 for n in range(5)}


def test_waiting_reports_progress_and_ends_when_the_collect_step_is_past_everything(
    file: Path, ledger: InboundLedger, producer: ConfirmingProducer, collect_sent: Collecting
) -> None:
    publishing = Publishing(producer, ledger)
    checkpoint = publish(publishing, file)
    started = threading.Event()
    collecting = threading.Thread(target=lambda: (started.wait(20), collect_sent()))
    collecting.start()

    def progress(received: int) -> None:
        seen.append(received)
        started.set()

    seen: list[int] = []
    report = publishing.wait(checkpoint, progress)
    collecting.join()
    assert seen[0] == 0
    assert report.received == ROWS


def test_waiting_for_a_pipeline_that_stands_still_says_what_to_do(
    file: Path, ledger: InboundLedger, producer: ConfirmingProducer
) -> None:
    publishing = Publishing(producer, ledger, patience=0.2)
    checkpoint = publish(publishing, file)
    heard: list[float] = []
    with pytest.raises(Unavailable, match="safe in Kafka"):
        publishing.wait(checkpoint, on_idle=heard.append)
    assert heard == [0.2]


def test_who_hears_that_nothing_moves_may_end_the_wait(
    file: Path, ledger: InboundLedger, producer: ConfirmingProducer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publishing_run, "IDLE", 0.2)
    publishing = Publishing(producer, ledger)
    checkpoint = publish(publishing, file)
    with pytest.raises(Unavailable, match=rf"no worker reads {INBOUND}: start one.*The rows are safe in Kafka"):
        publishing.wait(checkpoint, on_idle=lambda seconds: say_idle(0, seconds))


@pytest.mark.parametrize(("readers", "said"), [(2, "2 workers read it, and are busy"), (None, "Kafka does not say")])
def test_where_a_worker_reads_the_wait_goes_on(
    readers: int | None, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    say_idle(readers, 5)
    assert said in capsys.readouterr().err
