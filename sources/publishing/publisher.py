"""One publishing run: read, send in confirmed batches, wait for validation, report."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from connectors.kafka import ConfirmingProducer
from connectors.wait import TimedOut, wait_until
from schemas.errors import Unavailable
from schemas.topics import INBOUND
from services.inbound.ledger import InboundLedger, Rejection, RejectionKind
from sources.files.row_reader import Row
from sources.publishing.checkpoint import Checkpoint
from sources.publishing.envelope import Envelope

BATCH = 1_000
IDLE = 5.0
"""Seconds without progress after which someone who waits is told."""


@dataclass(frozen=True, slots=True)
class Report:
    """The outcome of a run's rows, by the pipeline's own count; `kinds` counts those that were rejected, each with its
    first row; `rejections` are at most 1,000 of them, with line, reason, field and error.

    received = accepted + revised + corrected + withdrawn + deduplicated + rejected.
    """

    run_id: str
    sent: int
    received: int
    accepted: int
    revised: int
    corrected: int
    withdrawn: int
    deduplicated: int
    rejected: int
    rejections: Sequence[Rejection]
    kinds: Sequence[RejectionKind] = ()
    notes: Sequence[str] = ()
    """What was done to the file on the reader's own account."""
    columns: Mapping[str, str] = field(default_factory=dict)
    """From which column each field was read, for those who look for what a rejection names."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What a run has sent and the broker confirmed; nothing is known of its validation."""

    run_id: str
    sent: int
    notes: Sequence[str] = ()


class Publishing:
    """Sends rows and waits until every one is validated."""

    def __init__(
        self,
        producer: ConfirmingProducer,
        ledger: InboundLedger,
        *,
        topic_id: str | None = None,
        patience: float = 60.0,
    ) -> None:
        """`patience`: seconds without progress of validation after which waiting ends with an error.

        `topic_id` is Kafka's id of the inbound topic: what was counted of one that it replaced is not taken for its own.
        """
        self._producer, self._ledger, self._topic_id, self._patience = producer, ledger, topic_id, patience

    def send(self, rows: Iterable[Row], envelope: Envelope, checkpoint: Checkpoint) -> Iterator[int]:
        """Send all rows; yields the number confirmed so far after each batch. Memory holds one batch."""
        source = iter(rows)
        while batch := list(islice(source, BATCH)):
            offsets = self._producer.send(envelope.messages(batch))
            here = {partition: offset for (topic, partition), offset in offsets.items() if topic == INBOUND}
            checkpoint.confirmed(batch[-1].line, len(batch), here)
            yield checkpoint.sent

    def wait(
        self,
        checkpoint: Checkpoint,
        on_progress: Callable[[int], object] = int,
        on_idle: Callable[[float], object] = float,
    ) -> Report:
        """Wait until everything that was sent is validated. Raises Unavailable when there is no progress.

        `on_progress` hears the number of rows validated, `on_idle` after how many seconds without progress it is asked;
        what that raises ends the wait.
        """
        received = -1
        idle = min(IDLE, self._patience)

        def moved() -> bool:
            nonlocal received
            before, received = received, self._ledger.run(checkpoint.run_id).received
            on_progress(received)
            return received != before or self._validated(checkpoint)

        while not self._validated(checkpoint):
            if _holds_within(moved, idle):
                continue
            on_idle(idle)
            if not _holds_within(moved, self._patience - idle):
                raise Unavailable(
                    f"sent {checkpoint.sent} rows, but the pipeline has validated only {received}, and none within "
                    f"{self._patience:g} s: is `reviewstream up` running? The rows are safe in Kafka and will be validated "
                    "when it does"
                )
        return self.report(checkpoint)

    def report(self, checkpoint: Checkpoint) -> Report:
        """The pipeline's count of this run."""
        totals = self._ledger.run(checkpoint.run_id)
        return Report(
            run_id=checkpoint.run_id,
            sent=checkpoint.sent,
            received=totals.received,
            accepted=totals.accepted,
            revised=totals.revised,
            corrected=totals.corrected,
            withdrawn=totals.withdrawn,
            deduplicated=totals.deduplicated,
            rejected=totals.dead_lettered,
            rejections=self._ledger.rejections(checkpoint.run_id),
            kinds=self._ledger.rejection_kinds(checkpoint.run_id),
        )

    def _validated(self, checkpoint: Checkpoint) -> bool:
        handled = self._ledger.offsets(INBOUND, self._topic_id)
        return all(handled.get(partition, 0) > offset for partition, offset in checkpoint.offsets.items())


def _holds_within(condition: Callable[[], bool], seconds: float) -> bool:
    try:
        return wait_until(condition, seconds, what="progress", every=0.05)
    except TimedOut:
        return False
