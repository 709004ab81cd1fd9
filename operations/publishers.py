"""The publishers that the tailer feeds, and whose parked streams operators unpark."""

from __future__ import annotations

from collections.abc import Callable

from connectors.sender import Sender
from eventstore.positions import Positions
from schemas.errors import InvalidInput
from streams.publishers.publisher import Publisher, public_messages, step_messages

STEPS, PUBLIC = "steps", "public"
NAMES = (STEPS, PUBLIC)


class Publishers:
    """Builds the publishers of one installation. Each has its own producer: the saga must not wait for the public topics."""

    def __init__(self, positions: Positions, sender: Callable[[], Sender], *, partitions: int) -> None:
        """`sender` builds a producer; `partitions` is how many each step topic has."""
        self._positions, self._sender, self._partitions = positions, sender, partitions

    def make(self, name: str) -> Publisher:
        """The publisher of that name. Raises InvalidInput that lists the known ones."""
        if name not in NAMES:
            raise InvalidInput(f"no publisher is called {name}; known are {', '.join(NAMES)}", field="name")
        convert = step_messages(self._partitions) if name == STEPS else public_messages()
        return Publisher(name, convert, self._sender(), self._positions)
