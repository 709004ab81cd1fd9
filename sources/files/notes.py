"""What a reader did on its own account with a file: it is shown when the file is read, so that nothing is silent."""

from __future__ import annotations

from collections import Counter

FILLED = "short rows filled up with empty cells"
DROPPED = "rows with superfluous empty cells at their end"
BACKSLASHES = "rows read with backslashes before quotes, as MySQL writes them"
ABOVE = "lines above the header skipped"
BELOW_CAP = "columns left out of metadata, which holds 32 entries"
HALVES = "halves of surrogate pairs read as question marks"
CUT = "metadata values cut to 500 characters"


class Notes:
    """Counts by what is counted, and sentences that hold for the file."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self._said: dict[str, None] = {}

    def count(self, what: str, times: int = 1) -> None:
        """Add to the count of something."""
        if times:
            self.counts[what] += times

    def say(self, sentence: str) -> None:
        """Note a sentence, once."""
        self._said[sentence] = None

    def lines(self) -> list[str]:
        """Everything, to be shown."""
        return [*self._said, *(f"{count} {what}" for what, count in self.counts.items())]
