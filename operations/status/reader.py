"""Reads the status from every store that holds a part of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from aggregates.review.deadlines import by_state
from aggregates.review.saga import STEPS
from connectors.kafka import describe, end_offsets
from connectors.postgres import Pool
from debezium.slots import Slot, slots
from eventstore.positions import Positions
from operations.parked_streams import StreamParking
from operations.publishers import PUBLIC
from operations.read_models import ReadModels
from operations.status.asking import Ask, AskAround, strictly
from operations.status.replays import replays
from operations.status.report import Lag, Retry, Status, Stuck, StuckReview, UnitStatus
from projections import registry
from projections.queries import waiting as waiting_sagas
from projections.queries.operations import saga_lag
from services.dead_letters.repository import DeadLetterRepository
from services.inbound.ledger import OUTCOMES, InboundLedger, Totals
from streams.topics import INBOUND

SHOWN = 5
EARLIEST = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class StatusReader:
    """Reads the whole status. `deadlines` are seconds by step; `slot_names` are the slots of change capture,
    on the server of `log_pool`.

    `tailer_publishes`: whether the tailer feeds the public topics, so that its position there means something.
    `units` asks the servers and workers of this machine's stack, if one runs.
    """

    read_models: ReadModels
    log_pool: Pool
    ledger: InboundLedger
    positions: Positions
    parking: StreamParking
    dead_letters: DeadLetterRepository
    kafka_url: str
    deadlines: Mapping[str, float]
    slot_names: Sequence[str]
    tailer_publishes: bool
    units: Callable[[], Mapping[str, UnitStatus]]

    def read(self) -> Status:
        """Ask everything. Raises Unavailable or TransientError when the event store or Kafka cannot be asked."""
        return self._read(strictly, SHOWN)

    def survey(self, ping: Callable[[str], object], *, shown: int = SHOWN) -> Status:
        """The same from whoever answers; what cannot be asked is named. `ping(name)` raises for a server that does not answer.

        `shown`: how many stuck reviews of each step are named.
        """
        around = AskAround(ping)
        found = self._read(around, shown)
        return replace(found, silent=around.silent, unknown=frozenset(around.unknown))

    def _read(self, ask: Ask, shown: int) -> Status:
        # The head comes last: what was appended while we read (a pool may wait seconds for a server that is coming back)
        # then counts as lag, so that a mixture of two moments is never mistaken for an idle pipeline.
        pool, nothing = self.read_models.pool, waiting_sagas.Troubled(0, 0)
        nowhere: dict[str, int] = {}
        no_lags: dict[str, Lag] = {}
        waiting = ask("waiting", "kafka eventstore", self._waiting, 0)
        totals = ask(f"received {' '.join(OUTCOMES)}", "eventstore", self.ledger.totals, Totals())
        positions = ask("subscriptions", "eventstore readmodels", self._subscriptions, nowhere)
        steps = ask("steps", "readmodels", self.steps, no_lags)
        troubled = ask("retrying abandoned", "readmodels", lambda: waiting_sagas.troubled(pool), nothing)
        head = ask("events", "eventstore", self.read_models.log.head, 0)
        return Status(
            received=totals.received,
            accepted=totals.accepted,
            revised=totals.revised,
            corrected=totals.corrected,
            withdrawn=totals.withdrawn,
            deduplicated=totals.deduplicated,
            dead_lettered=totals.dead_lettered,
            open_letters=ask("open_letters", "readmodels", self.dead_letters.count_open, 0),
            parked=ask("parked", "readmodels eventstore", self.parking.count, 0),
            waiting=waiting,
            events=head,
            steps=steps,
            stuck=ask("stuck", "readmodels", lambda: self._stuck(shown), {}),
            retrying=troubled.retrying,
            retries=ask("retries", "readmodels", self._retries, []),
            abandoned=troubled.abandoned,
            subscriptions=ask("subscriptions", "eventstore", lambda: self._lags(positions, head), {}),
            replays=ask("replays", "readmodels", lambda: replays(self.read_models.pool), []),
            units=self.units(),
            slots=ask("slots", "eventstore", self._slots, []),
            patience=max(self.deadlines.values(), default=float("inf")),
        )

    def steps(self) -> dict[str, Lag]:
        """Reviews that wait for each step. Raises on errors: unknown is not the same as nothing waiting."""
        found = {lag.step: Lag(lag.count, round(lag.oldest_seconds, 3)) for lag in saga_lag(self.read_models.pool)}
        return {step: found.get(step, Lag(0, 0.0)) for step in (*STEPS, "failed")}

    def _waiting(self) -> int:
        """Messages in the inbound topic that are not validated yet."""
        handled = self.ledger.offsets(INBOUND, describe(self.kafka_url, INBOUND).id)
        ends = end_offsets(self.kafka_url, INBOUND)
        return sum(max(0, end - handled.get(partition, 0)) for partition, end in ends.items())

    def _stuck(self, shown: int) -> dict[str, Stuck]:
        pool, limits = self.read_models.pool, by_state(self.deadlines)
        found = waiting_sagas.stuck(pool, limits, datetime.now(UTC), shown=shown)
        named = [review for each in found for review in each.oldest]
        reasons = {each.review_id: each for each in waiting_sagas.why_stuck(pool, named)} if named else {}
        return {
            each.step: Stuck(each.count, [_stuck_review(reasons[one]) for one in each.oldest if one in reasons])
            for each in found
        }

    def _retries(self) -> list[Retry]:
        """Those that are overdue come first."""
        waiting = waiting_sagas.coming_retries(self.read_models.pool, EARLIEST, limit=SHOWN)
        return [
            Retry(each.review_id, each.tenant_id, each.next_step, each.attempts, each.not_before)
            for each in waiting
            if each.not_before is not None
        ]

    def _slots(self) -> list[Slot]:
        """Also while Connect is down: a slot that is not read fills the disk."""
        with self.log_pool.connection() as connection:
            return slots(connection, self.slot_names)

    def _subscriptions(self) -> dict[str, int]:
        with self.read_models.pool.connection() as connection:
            live = {one.name: one.position for one in registry.versions(connection) if one.state == "live"}
        fed = self.positions.every()
        if not self.tailer_publishes:
            fed.pop(PUBLIC, None)  # where the tailer stopped when another publisher took over
        return {**fed, **{f"projection.{name}": position for name, position in live.items()}}

    def _lags(self, positions: Mapping[str, int], head: int) -> dict[str, Lag]:
        return {name: self._lag(position, head) for name, position in positions.items()}

    def _lag(self, position: int, head: int) -> Lag:
        if position >= head:
            return Lag(0, 0.0)
        first = self.read_models.log.read_after(position, 1)
        waited = (datetime.now(UTC) - first[0].recorded_at).total_seconds() if first else 0.0
        return Lag(head - position, round(max(0.0, waited), 3))


def _stuck_review(reason: waiting_sagas.Reason) -> StuckReview:
    said = ": ".join(dict.fromkeys(filter(None, (reason.error_type, reason.error))))
    return StuckReview(
        reason.review_id,
        reason.tenant_id,
        reason.since,
        reason.attempt or 0,
        f"at {reason.step}, {said}" if said else "",
    )
