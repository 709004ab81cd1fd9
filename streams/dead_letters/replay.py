"""Replaying dead letters: what came in is published again, and a review whose step failed is revived.

A letter counts as replayed only after that is durable. A kill in between leaves it open, so the next replay publishes it
once more: the gate counts that one as deduplicated or dead-letters it again, and its sum stays true.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from connectors.kafka import Outgoing
from schemas.errors import NotAllowed, PermanentError, TransientError
from services.dead_letters.records import OpenDeadLetter, StoredDeadLetter
from services.dead_letters.repository import REPLAY_OF, DeadLetterRepository, Held
from streams.dead_letters.producer import Sender
from streams.dead_letters.retry_now import retry_now
from streams.runtime.reviews import Reviews
from streams.topics import INBOUND

CHUNK = 20
"""Letters in one transaction: each may weigh four megabytes."""
GIVE_UP = 5


@dataclass(frozen=True, slots=True)
class Replayed:
    """What became of a letter: `refused` says why nothing was done, and is empty where it was replayed."""

    dead_letter_id: UUID
    refused: str = ""


class DeadLetterReplay:
    """Replays open letters in the order in which they were written."""

    def __init__(
        self,
        letters: DeadLetterRepository,
        sender: Sender,
        reviews: Reviews,
        partitions: int,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """`partitions` is how many the inbound topic has."""
        self._letters, self._sender, self._reviews = letters, sender, reviews
        self._partitions, self._now = partitions, now

    def replay(self, ids: Sequence[UUID], *, actor: str, size: int = CHUNK) -> Iterator[list[Replayed]]:
        """Replay these, up to `size` at a time; letters that are not open any more are passed over.

        Raises TransientError when Kafka or a database does not answer; what was yielded before stays done.
        """
        for start in range(0, len(ids), size):
            with self._letters.held(ids[start : start + size]) as held:
                done = [*self._publish_all(held, actor), *self._retry_all(held, actor), *_refuse_rest(held)]
            yield done

    def _publish_all(self, held: Held, actor: str) -> list[Replayed]:
        letters = [letter for letter in held.letters if not refusal(letter) and letter.stage == "inbound"]
        done = self._published(letters)
        sent = [each.dead_letter_id for each in done if not each.refused]
        if sent:
            held.settle(sent, "replayed", actor, f"published to {INBOUND} again")
        return done

    def _published(self, letters: Sequence[OpenDeadLetter]) -> list[Replayed]:
        """All at once; if Kafka refuses one for good, those that it takes one by one."""
        if not letters:
            return []
        try:
            self._sender.send([self._message(letter) for letter in letters])
        except PermanentError as error:
            if len(letters) == 1:
                return [Replayed(letters[0].dead_letter_id, str(error))]
            return [each for letter in letters for each in self._published([letter])]
        return [Replayed(letter.dead_letter_id) for letter in letters]

    def _message(self, letter: OpenDeadLetter) -> Outgoing:
        """The message as it came. Its key is not kept, but its partition: an edit stays behind what it edits."""
        headers = [(name, value.encode()) for name, value in letter.headers.items() if name != REPLAY_OF]
        headers.append((REPLAY_OF, str(letter.dead_letter_id).encode()))
        there = letter.origin_partition < self._partitions
        return Outgoing(INBOUND, None, letter.payload, headers, letter.origin_partition if there else None)

    def _retry_all(self, held: Held, actor: str) -> list[Replayed]:
        letters = [letter for letter in held.letters if not refusal(letter) and letter.stage != "inbound"]
        for letter in letters:
            held.settle([letter.dead_letter_id], "replayed", actor, asyncio.run(self._retried(letter)))
        return [Replayed(letter.dead_letter_id) for letter in letters]

    async def _retried(self, letter: OpenDeadLetter) -> str:
        """What was done. A letter whose review goes on already (revived before a kill, or revised) has nothing left."""
        assert letter.review_id is not None, "refused before"
        for _ in range(GIVE_UP):
            try:
                if await retry_now(self._reviews, UUID(letter.review_id), self._now()):
                    return f"review revived at step {letter.stage}"
            except NotAllowed:
                return "the review goes on already"
        raise TransientError(f"review {letter.review_id} keeps changing; try again")


def refusal(letter: StoredDeadLetter | OpenDeadLetter) -> str:
    """Why a letter cannot be replayed; empty if it can."""
    if letter.reason == "unreadable_row":
        return "the publisher could not read this row: mend the file and publish it again, then discard the letter"
    if letter.stage == "inbound" or letter.review_id is not None:
        return ""
    return (
        f"it is no work of step {letter.stage}, so replaying it would change nothing: find out who else writes to "
        "that topic, then discard it"
    )


def _refuse_rest(held: Held) -> list[Replayed]:
    return [Replayed(letter.dead_letter_id, why) for letter in held.letters if (why := refusal(letter))]
