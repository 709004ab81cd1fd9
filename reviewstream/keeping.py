"""Keeps the settings of a start, once it succeeds, and hands those of earlier ones to what it starts."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from reviewstream import kept
from reviewstream.origins import defaults, secret


@dataclass(frozen=True)
class Keeping:
    """What is kept in a data directory before and after a start with the environment of this process."""

    data_dir: Path

    @cached_property
    def before(self) -> dict[str, str]:
        """What earlier starts left."""
        return kept.read(self.data_dir)

    @cached_property
    def after(self) -> dict[str, str]:
        """What this one leaves."""
        return kept.merged(self.before, os.environ, defaults())

    @property
    def environment(self) -> dict[str, str]:
        """What the environment does not say: workers and servers that are started read it there."""
        return {name: value for name, value in self.after.items() if name not in os.environ}

    def news(self) -> list[str]:
        """What an operator should know: what this start changes, and what it takes from earlier ones."""
        changed = kept.changes(self.before, self.after, secret())
        taken = ", ".join(sorted(self.environment))
        return changed + [f"kept from an earlier start: {taken}; `reviewstream settings` shows them"] * bool(taken)

    @contextmanager
    def unless_it_fails(self) -> Iterator[None]:
        """What is kept is as before where the start inside fails."""
        before, _ = self.before, self.after  # both are read before anything is written
        try:
            yield
        except BaseException:
            kept.write(self.data_dir, before)
            raise

    def keep(self) -> None:
        """Write it."""
        kept.write(self.data_dir, self.after)
