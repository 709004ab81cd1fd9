"""Which publishers there are: what the tailer feeds them, and what operators take back for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from reviewstream.bootstrap import Bootstrap
from streams.publishers.publisher import Publisher, public_messages, step_messages


def steps(parts: Bootstrap) -> Publisher:
    """Feeds the saga's steps."""
    return Publisher("steps", step_messages(parts.settings.partitions), parts.producer, parts.positions)


def public(parts: Bootstrap) -> Publisher:
    """Feeds the public topics, by a producer of its own: the saga must not wait for them."""
    return Publisher("public", public_messages(), parts.new_producer(), parts.positions)


PUBLISHERS: Mapping[str, Callable[[Bootstrap], Publisher]] = {"steps": steps, "public": public}
