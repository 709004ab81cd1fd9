"""All channels side by side, each within its own limits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from schemas.messages import Notification
from services.notifications.bulkhead import Bulkhead, Found
from services.notifications.channel import Channel, GivenUp

GONE = GivenUp("unknown_channel", "the channel is not registered any more")


class Delivery:
    """Hands notifications to channels; used by one step of a process at a time, from any thread."""

    def __init__(self, channels: Sequence[Channel]) -> None:
        """Raises ValueError when two channels have one name: it is part of their notifications' ids."""
        self._bulkheads = {channel.name: Bulkhead(channel) for channel in channels}
        if len(self._bulkheads) < len(channels):
            raise ValueError("two channels have the same name; the name is part of a notification's id")

    @property
    def names(self) -> tuple[str, ...]:
        """The channels, in order of registration."""
        return tuple(self._bulkheads)

    @property
    def in_flight(self) -> int:
        """Calls that have not ended, over all channels."""
        return sum(bulkhead.in_flight for bulkhead in self._bulkheads.values())

    def deliver(self, notifications: Mapping[str, Sequence[Notification]]) -> Found:
        """Outcomes by id, of notifications by channel; blocks until the last deadline at most. Never raises a channel's error."""
        known = {name: group for name, group in notifications.items() if name in self._bulkheads}
        gone = [each for name, group in notifications.items() if name not in known for each in group]
        begun = [(self._bulkheads[name], self._bulkheads[name].submit(group)) for name, group in known.items()]
        found: Found = {each.notification_id: GONE for each in gone}
        for bulkhead, batch in sorted(begun, key=lambda pair: pair[1].until):
            found |= bulkhead.collect(batch)
        return found

    def close(self) -> None:
        """Take no more; does not wait for calls that hang."""
        for bulkhead in self._bulkheads.values():
            bulkhead.close()
