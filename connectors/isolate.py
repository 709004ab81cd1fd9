"""Finding the bad items of a batch: all at once first, then what is refused by halves.

A batch without a bad item costs one call. `Halving` decides what is handled next, and knows nothing of how: `isolate` and
`isolate_async` drive it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Bad(Generic[T]):
    """An item that was refused by itself, with the error."""

    item: T
    error: Exception


class Halving(Generic[T]):
    """Parts of `items`, in order, until every item was in a part that was taken, or is bad, or stands behind a bad one.

    Of n items, b of them bad, that is at most 1 + 2·b·⌈log2 n⌉ parts.
    """

    def __init__(self, items: Sequence[T], group: Callable[[T], Hashable] | None = None) -> None:
        """`group`: items of the same group as a bad one are left out after it."""
        self.bad: list[Bad[T]] = []
        self._parts: list[Sequence[T]] = [items]
        self._group, self._closed = group, set[Hashable]()

    def next(self) -> Sequence[T]:
        """What is to be handled next; empty when nothing is left."""
        while self._parts:
            if part := self._open(self._parts.pop()):
                return part
        return ()

    def refuse(self, part: Sequence[T], error: Exception) -> None:
        """The part that came last was refused: its halves come next; a single item is bad."""
        if len(part) > 1:
            middle = len(part) // 2
            self._parts += (part[middle:], part[:middle])
            return
        self.bad.append(Bad(part[0], error))
        if self._group is not None:
            self._closed.add(self._group(part[0]))

    def _open(self, part: Sequence[T]) -> Sequence[T]:
        if self._group is None or not self._closed:
            return part
        return [each for each in part if self._group(each) not in self._closed]


def isolate(
    items: Sequence[T],
    handle: Callable[[Sequence[T]], object],
    *,
    blames: Callable[[Exception], bool],
    group: Callable[[T], Hashable] | None = None,
) -> list[Bad[T]]:
    """Hand all items to `handle`; what it refuses goes again by halves. Gives the bad ones in order.

    `handle` takes all of a part or raises; each good item is in exactly one part that it took, and parts come in order. An
    error that `blames` no item is raised at once. After a bad item nothing of its `group` is handled.
    """
    plan = Halving(items, group)
    while part := plan.next():
        try:
            handle(part)
        except Exception as error:
            if not blames(error):
                raise
            plan.refuse(part, error)
    return plan.bad


async def isolate_async(
    items: Sequence[T],
    handle: Callable[[Sequence[T]], Awaitable[object]],
    *,
    blames: Callable[[Exception], bool],
    group: Callable[[T], Hashable] | None = None,
) -> list[Bad[T]]:
    """As `isolate`, for a `handle` that is awaited; one part at a time."""
    plan = Halving(items, group)
    while part := plan.next():
        try:
            await handle(part)
        except Exception as error:
            if not blames(error):
                raise
            plan.refuse(part, error)
    return plan.bad
