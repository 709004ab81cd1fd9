"""Finds whatever has a name: reviews with their history, dead letters, waiting messages, a run, log lines."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from aggregates.review.aggregate import Review
from aggregates.review.saga import FOLLOWS
from eventstore.log import EventLog
from eventstore.model import RecordedEvent
from eventstore.parking import ParkedStream
from operations.find import inbound
from operations.find.names import Names, Progress, as_uuid
from operations.find.report import Found, FoundReview, Happened
from operations.find.runs import find_run
from operations.find.why import why
from operations.logs.about import ids_of
from operations.logs.files import names as log_names
from operations.logs.merge import Filter, merged
from operations.parked_streams import STAGES, StreamParking
from schemas.errors import InvalidInput, ReviewstreamError
from services.dead_letters.records import Selection, StoredDeadLetter
from services.dead_letters.repository import DeadLetterRepository
from services.inbound.ledger import InboundLedger
from services.tenancy.tenants import Tenant
from streams.runtime.reviews import fold

LINES = 20
OF_A_RUN, MENTIONING = 1_000, 100
"""Dead letters that are taken of a run, and of those whose message has the name."""
LONGEST = 200
"""Characters of a term: of an external id, as validation has it."""


@dataclass(frozen=True, slots=True)
class Finder:
    """Finds things by any of their names.

    `logs` and `publishing` are folders of the data directory; `slugs` gives the slug of each tenant's id; `deadlines` are
    seconds by step.
    """

    reviews: Names
    log: EventLog
    letters: DeadLetterRepository
    ledger: InboundLedger
    parking: StreamParking
    kafka_url: str
    logs: Path
    publishing: Path
    deadlines: Mapping[str, float]
    slugs: Callable[[], Mapping[UUID, str]]

    def find(self, term: str, *, tenant: Tenant | None = None, scan: bool = True, progress: Progress) -> Found:
        """Everything that is called `term`, of one tenant or of all.

        Where no index knows a review or letter of that name, the log is read through, unless `scan` is false; `progress`
        is called meanwhile. Raises InvalidInput for an empty term or one that nothing can be called.
        """
        term = _checked(term)
        found = Found(term)
        tenant_id = tenant.id if tenant else None
        by = self.reviews.by_index(term, tenant_id, found.looked_in)
        own = self._letters(term, tenant, found)
        found.run = find_run(self.ledger, self.publishing, term)
        found.looked_in.append("publishing runs")
        self._look_inbound(term, tenant, found)
        if scan and not (by or own or found.run or found.waiting):
            by = self.reviews.through_the_log(term, tenant_id, found.looked_in, progress)
        self._describe(by, found)
        known = {letter.dead_letter_id for review in found.reviews for letter in review.letters}
        found.letters = [letter for letter in own if letter.dead_letter_id not in known]
        return found

    def _letters(self, term: str, tenant: Tenant | None, found: Found) -> list[StoredDeadLetter]:
        """By their own id, a run, or what their messages say."""
        names = _names(tenant)
        uuid, ids = as_uuid(term), self.letters.mentioning(term, tenants=names, limit=MENTIONING)
        found.looked_in.append(
            f"dead letters, by id, run (the first {OF_A_RUN}), and text of their messages (the newest {MENTIONING})"
        )
        every = [*ids, *([uuid] if uuid else [])]
        letters = self.letters.find(Selection(ids=every, tenants=list(names) or None, state=None)) if every else []
        of_run = self.letters.find(Selection(run=term, tenants=list(names) or None, state=None, limit=OF_A_RUN))
        return list({letter.dead_letter_id: letter for letter in (*letters, *of_run)}.values())

    def _look_inbound(self, term: str, tenant: Tenant | None, found: Found) -> None:
        try:
            seen = inbound.look(self.kafka_url, self.ledger, term, tenant=_names(tenant))
        except ReviewstreamError as error:
            found.unasked.append(f"the messages that wait in reviews.inbound ({error})")
            return
        found.waiting = seen.found
        found.looked_in.append(f"{seen.seen} of {seen.waiting} messages that wait in reviews.inbound")

    def _describe(self, by: Mapping[UUID, str], found: Found) -> None:
        """The reviews in full, and the log lines about them."""
        histories = self.log.read_streams(by.keys())
        parked = [one for stage in STAGES for one in self.parking.find(stage) if one.stream_id in by] if by else []
        slugs, uuid = self.slugs() if by else {}, as_uuid(found.term)
        ids = {str(uuid)} if uuid else set()
        for stream, events in histories.items():
            of = [one for one in parked if one.stream_id == stream]
            found.reviews.append(self._review(stream, events, of, by[stream], slugs))
            ids |= ids_of(stream, events)
        found.log_lines = self._lines(ids)
        found.looked_in.append(f"logs in {self.logs}" if ids else "logs only for ids: this is none")

    def _review(
        self,
        stream: UUID,
        events: Sequence[RecordedEvent],
        parked: Sequence[ParkedStream],
        by: str,
        slugs: Mapping[UUID, str],
    ) -> FoundReview:
        first, last = events[0], next((each for each in reversed(events) if each.topic in FOLLOWS), events[-1])
        history = [
            Happened(e.version, e.position, e.recorded_at, e.topic, e.event_id, e.correlation_id) for e in events
        ]
        review, problem = _folded(stream, events)
        body = review.collected
        return FoundReview(
            review_id=stream,
            tenant_id=first.tenant_id,
            tenant=slugs.get(first.tenant_id, str(first.tenant_id)),
            source=body.source if body else "",
            external_id=body.external_id if body else "",
            revision=review.revision,
            step=review.step or "unknown",
            why=problem or why(review, last.recorded_at, parked, self.deadlines, datetime.now(UTC)),
            since=last.recorded_at,
            not_before=review.not_before,
            found_by=by,
            history=history,
            parked=parked,
            letters=self.letters.find(Selection(review=str(stream), state=None)),
        )

    def _lines(self, ids: Collection[str]) -> list[str]:
        lines = merged(self.logs, log_names(self.logs), Filter(ids=ids)) if ids else ()
        return [line.text for line in deque(lines, LINES)]


def _folded(stream: UUID, events: Sequence[RecordedEvent]) -> tuple[Review, str]:
    """The review, or why its events make none here: they may be of another release, or of no review."""
    try:
        return fold(stream, events), ""
    except (ReviewstreamError, LookupError) as error:
        return Review(stream), f"this release cannot read its events ({type(error).__name__})"


def _names(tenant: Tenant | None) -> tuple[str, ...]:
    return (str(tenant.id), tenant.slug) if tenant else ()


def _checked(term: str) -> str:
    """As validation leaves external ids: without space around them."""
    text = term.strip()
    if not text or len(text) > LONGEST or "\x00" in text or not _encodable(text):
        raise InvalidInput(f"TERM: give an id of 1 to {LONGEST} characters, valid Unicode without NUL", field="term")
    return text


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
