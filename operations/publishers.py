"""The publishers that the tailer feeds, and whose parked streams operators unpark."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from connectors.sender import Sender
from eventstore.positions import Positions
from schemas.errors import InvalidInput
from streams.publishers.publisher import Publisher, public_messages, step_messages

if TYPE_CHECKING:
    from pymongo.collection import Collection

STEPS, PUBLIC, RAW_STORE = "steps", "public", "raw_store"
NAMES = (STEPS, PUBLIC, RAW_STORE)


class Publishers:
    """Builds the publishers of one installation. Each has its own producer: the saga must not wait for the public topics."""

    def __init__(
        self,
        positions: Positions,
        sender: Callable[[], Sender],
        raw_reviews: Callable[[], Collection[dict[str, Any]]],
        *,
        partitions: int,
    ) -> None:
        """`sender` builds a producer, `raw_reviews` the raw store; `partitions` is how many each step topic has."""
        self._positions, self._sender, self._raw_reviews = positions, sender, raw_reviews
        self._partitions = partitions

    def make(self, name: str) -> Publisher[Any]:
        """The publisher of that name. Raises InvalidInput that lists the known ones."""
        if name not in NAMES:
            raise InvalidInput(f"no publisher is called {name}; known are {', '.join(NAMES)}", field="name")
        if name == RAW_STORE:
            return self._raw_store()
        convert = step_messages(self._partitions) if name == STEPS else public_messages()
        return Publisher(name, convert, self._sender(), self._positions)

    def _raw_store(self) -> Publisher[Any]:
        from streams.publishers.raw_store import RawStoreWriter, raw_changes  # the driver takes time to import

        return Publisher(RAW_STORE, raw_changes, RawStoreWriter(self._raw_reviews), self._positions)
