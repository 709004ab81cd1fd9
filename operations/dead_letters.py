"""Dead letters for operators: list what is open, replay at a bounded rate, discard with a reason."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from operations.parked_streams import STAGES
from schemas.errors import InvalidInput
from services.dead_letters.records import Selection, StoredDeadLetter
from services.dead_letters.repository import DeadLetterRepository
from streams.dead_letters.replay import CHUNK, DeadLetterReplay, Replayed, refusal


@dataclass(frozen=True, slots=True)
class DeadLetterDesk:
    """Works on the dead letters of one installation; the audit names `actor`. `replay` is built when needed."""

    repository: DeadLetterRepository
    replay: Callable[[], DeadLetterReplay]
    actor: str

    def open(self, wanted: Selection) -> list[StoredDeadLetter]:
        """The open dead letters that match. Raises InvalidInput for an id that is not open or does not match."""
        if wanted.stage in STAGES:
            raise InvalidInput("parked streams cannot be discarded: fix what failed, then replay them", field="stage")
        found = self.repository.find(wanted)
        for named in set(wanted.ids or ()) - {one.dead_letter_id for one in found}:
            one = self.repository.get(named)
            why = f"is {one.state} already" if one.state != "open" else "does not match the other filters"
            raise InvalidInput(f"dead letter {named} {why}", field="id")
        return found

    def select(self, wanted: Selection) -> tuple[list[StoredDeadLetter], bool]:
        """The same, and whether more match than the selection's limit."""
        if wanted.limit is None:
            return self.open(wanted), False
        found = self.open(replace(wanted, limit=wanted.limit + 1))
        return found[: wanted.limit], len(found) > wanted.limit

    def plan_replay(self, found: Sequence[StoredDeadLetter]) -> list[Replayed]:
        """What replaying them would do; changes nothing."""
        return [Replayed(one.dead_letter_id, refusal(one)) for one in found]

    def run_replay(self, found: Sequence[StoredDeadLetter], *, rate: float | None = None) -> list[Replayed]:
        """Replay them, at most `rate` a second; those that another process took meanwhile are not in the result.

        Raises TransientError when Kafka or a database does not answer; what was replayed before that stays replayed.
        """
        ids, began = [one.dead_letter_id for one in found], time.monotonic()
        done: list[Replayed] = []
        size = CHUNK if rate is None else max(1, min(CHUNK, int(rate)))
        for chunk in self.replay().replay(ids, actor=self.actor, size=size):
            done += chunk
            if rate is not None and len(done) < len(ids):
                time.sleep(max(0.0, began + len(done) / rate - time.monotonic()))
        return done

    def discard(self, ids: Sequence[UUID], *, why: str) -> list[UUID]:
        """Discard those that are open; returns their ids. Raises InvalidInput without a reason."""
        return self.repository.discard(ids, actor=self.actor, why=checked_reason(why))


def checked_reason(why: str) -> str:
    """Why nothing is to be done with dead letters, without blanks around it. Raises InvalidInput for nothing but blanks."""
    if not why.strip():
        raise InvalidInput("--why: say in a few words why nothing needs to be done with them", field="why")
    return why.strip()
