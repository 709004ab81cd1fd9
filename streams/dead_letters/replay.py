"""Replays dead letters: the original message is published again, and a review whose step failed is retried.

A dead letter counts as replayed only after that is durable. A kill in between leaves it open, so the next replay publishes it
once more: the collect step deduplicates that one or dead-dead_letters it again, and its sum stays true.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from connectors.isolate import isolate
from connectors.kafka import Outgoing
from connectors.sender import Sender
from schemas.errors import NotAllowed, PermanentError, TransientError
from services.dead_letters.records import OpenDeadLetter, StoredDeadLetter
from services.dead_letters.repository import REPLAY_OF, DeadLetterRepository, Held
from streams.dead_letters.retry_now import retry_now
from streams.runtime.reviews import Reviews
from streams.topics import INBOUND

CHUNK = 20
"""Dead dead_letters in one transaction: each may be four megabytes."""
GIVE_UP = 5


@dataclass(frozen=True, slots=True)
class Replayed:
    """The outcome for a dead letter: `refused` says why nothing was done, and is empty if it was replayed."""

    dead_letter_id: UUID
    refused: str = ""


class DeadLetterReplay:
    """Replays open dead letters in the order in which they were written."""

    def __init__(
        self,
        dead_letters: DeadLetterRepository,
        sender: Sender,
        reviews: Reviews,
        partitions: int,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """`partitions` is how many the inbound topic has."""
        self._dead_letters, self._sender, self._reviews = dead_letters, sender, reviews
        self._partitions, self._now = partitions, now

    def replay(self, ids: Sequence[UUID], *, actor: str, size: int = CHUNK) -> Iterator[list[Replayed]]:
        """Replay these, up to `size` at a time; those that are no longer open are skipped.

        Raises TransientError when Kafka or a database does not answer; what was yielded before stays done.
        """
        for start in range(0, len(ids), size):
            with self._dead_letters.held(ids[start : start + size]) as held:
                done = [*self._publish_all(held, actor), *self._retry_all(held, actor), *_refuse_rest(held)]
            yield done

    def _publish_all(self, held: Held, actor: str) -> list[Replayed]:
        dead_letters = [letter for letter in held.dead_letters if not refusal(letter) and letter.stage == "inbound"]
        done = self._published(dead_letters)
        sent = [each.dead_letter_id for each in done if not each.refused]
        if sent:
            held.settle(sent, "replayed", actor, f"published to {INBOUND} again")
        return done

    def _published(self, dead_letters: Sequence[OpenDeadLetter]) -> list[Replayed]:
        """All but those that Kafka refuses for good."""

        def send(part: Sequence[OpenDeadLetter]) -> None:
            self._sender.send([self._message(letter) for letter in part])

        bad = isolate(dead_letters, send, blames=lambda error: isinstance(error, PermanentError))
        refused = {one.item.dead_letter_id: str(one.error) for one in bad}
        return [Replayed(letter.dead_letter_id, refused.get(letter.dead_letter_id, "")) for letter in dead_letters]

    def _message(self, letter: OpenDeadLetter) -> Outgoing:
        """The message as it came. Its key is not stored, but its partition is: an edit stays after what it edits."""
        headers = [(name, value.encode()) for name, value in letter.headers.items() if name != REPLAY_OF]
        headers.append((REPLAY_OF, str(letter.dead_letter_id).encode()))
        there = letter.origin_partition < self._partitions
        return Outgoing(INBOUND, None, letter.payload, headers, letter.origin_partition if there else None)

    def _retry_all(self, held: Held, actor: str) -> list[Replayed]:
        dead_letters = [letter for letter in held.dead_letters if not refusal(letter) and letter.stage != "inbound"]
        for letter in dead_letters:
            held.settle([letter.dead_letter_id], "replayed", actor, asyncio.run(self._retried(letter)))
        return [Replayed(letter.dead_letter_id) for letter in dead_letters]

    async def _retried(self, letter: OpenDeadLetter) -> str:
        """What was done. If the review is in progress already (retried before a kill, or revised), nothing is left to do."""
        assert letter.review_id is not None, "refused before"
        for _ in range(GIVE_UP):
            try:
                if await retry_now(self._reviews, UUID(letter.review_id), self._now()):
                    return f"review retried at step {letter.stage}"
            except NotAllowed:
                return "the review is in progress already"
        raise TransientError(f"review {letter.review_id} keeps changing; try again")


def refusal(letter: StoredDeadLetter | OpenDeadLetter) -> str:
    """Why a dead letter cannot be replayed; empty if it can."""
    if letter.reason == "unreadable_row":
        return "the publisher could not read this row: fix the file and publish it again, then discard the dead letter"
    if letter.stage == "inbound" or letter.review_id is not None:
        return ""
    return (
        f"it is not a trigger of step {letter.stage}, so replaying it would change nothing: find out what else writes to "
        "that topic, then discard it"
    )


def _refuse_rest(held: Held) -> list[Replayed]:
    return [Replayed(letter.dead_letter_id, why) for letter in held.dead_letters if (why := refusal(letter))]
