"""given(what happened).when(a command).then(what follows): sagas told as they are discussed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from aggregates.review.aggregate import Review
from schemas.errors import NotAllowed
from tests.aggregates.making import Command, after


@dataclass(frozen=True)
class Asked:
    """A command on a review, not yet run."""

    review: Review
    command: Command

    def then(self, *events: Any) -> Review:
        """Exactly these events follow (types, or events compared as a whole); the review afterwards."""
        followed = self.command(self.review)
        told = [event if isinstance(event, type) else type(event) for event in events]
        assert [type(event) for event in followed] == told
        assert [e for e, told in zip(followed, events, strict=True) if not isinstance(told, type)] == [
            told for told in events if not isinstance(told, type)
        ]
        return self.review.after(followed)

    def then_nothing(self) -> None:
        """Nothing is left to do."""
        assert self.command(self.review) == ()

    def then_refused(self, match: str = "") -> None:
        """The state does not allow it."""
        with pytest.raises(NotAllowed, match=match):
            self.command(self.review)


@dataclass(frozen=True)
class Given:
    """A review with a past."""

    review: Review

    def when(self, command: Command) -> Asked:
        """The command that is asked of it."""
        return Asked(self.review, command)


def given(*commands: Command) -> Given:
    """A review on which these commands succeeded, in order."""
    return Given(after(*commands))
