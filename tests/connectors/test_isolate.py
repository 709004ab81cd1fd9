"""Whatever is bad and however items are grouped: exactly the bad ones are found, in order, by few calls."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.isolate import Bad, isolate, isolate_async


class Item(NamedTuple):
    number: int
    group: int
    bad: bool


class Refused(Exception):
    """The store's word about a part."""


class LostServer(Exception):
    """Nothing that an item could be blamed for."""


class Store:
    """Takes all of a part or nothing; `breaks_at` is the number of the call at which its server is lost."""

    def __init__(self, breaks_at: int = 0) -> None:
        self.taken: list[Item] = []
        self.calls = 0
        self._breaks_at = breaks_at

    def handle(self, part: Sequence[Item]) -> None:
        assert part, "a call for nothing"
        self.calls += 1
        if self.calls == self._breaks_at:
            raise LostServer
        if bad := [each.number for each in part if each.bad]:
            raise Refused(*bad)
        self.taken += part

    async def handle_later(self, part: Sequence[Item]) -> None:
        await asyncio.sleep(0)
        self.handle(part)


def is_refusal(error: Exception) -> bool:
    return isinstance(error, Refused)


def by_group(item: Item) -> int:
    return item.group


def sync_run(items: Sequence[Item], store: Store, group: Callable[[Item], int] | None) -> list[Bad[Item]]:
    return isolate(items, store.handle, blames=is_refusal, group=group)


def async_run(items: Sequence[Item], store: Store, group: Callable[[Item], int] | None) -> list[Bad[Item]]:
    return asyncio.run(isolate_async(items, store.handle_later, blames=is_refusal, group=group))


def numbered(rows: list[tuple[int, bool]]) -> list[Item]:
    return [Item(number, group, bad) for number, (group, bad) in enumerate(rows)]


ITEMS = st.lists(st.tuples(st.integers(0, 5), st.booleans()), max_size=40).map(numbered)
RARELY_BAD = st.builds(
    lambda size, bad: [Item(number, number % 7, number in bad) for number in range(size)],
    st.integers(1, 300),
    st.sets(st.integers(0, 299), max_size=4),
)
both = pytest.mark.parametrize("run", [sync_run, async_run])


@both
@given(items=ITEMS | RARELY_BAD)
def test_exactly_the_bad_ones_are_found_and_each_good_one_is_taken_once(run: Any, items: list[Item]) -> None:
    store = Store()
    found = run(items, store, None)
    assert [one.item for one in found] == [item for item in items if item.bad]
    assert [one.error.args for one in found] == [(item.number,) for item in items if item.bad]
    assert store.taken == [item for item in items if not item.bad]


@both
@given(items=ITEMS | RARELY_BAD)
def test_nothing_of_a_group_is_taken_after_its_first_bad_item(run: Any, items: list[Item]) -> None:
    store = Store()
    first_bad = {item.group: item.number for item in reversed(items) if item.bad}
    found = run(items, store, by_group)
    assert [one.item.number for one in found] == sorted(first_bad.values())
    assert store.taken == [item for item in items if item.number < first_bad.get(item.group, len(items))]


@both
@given(items=ITEMS | RARELY_BAD, grouped=st.booleans())
def test_calls_are_bounded(run: Any, items: list[Item], grouped: bool) -> None:
    store = Store()
    bad = len(run(items, store, by_group if grouped else None))
    assert store.calls <= bool(items) + 2 * bad * math.ceil(math.log2(max(len(items), 1)))


@both
def test_a_good_batch_is_one_call_and_none_is_none(run: Any) -> None:
    store = Store()
    assert run(numbered([(0, False)] * 100), store, by_group) == []
    assert store.calls == 1
    assert run([], store, by_group) == []
    assert store.calls == 1


@both
@given(items=ITEMS, breaks_at=st.integers(1, 60))
def test_an_error_that_blames_no_item_ends_it_at_once(run: Any, items: list[Item], breaks_at: int) -> None:
    needed = Store()
    run(items, needed, by_group)
    store = Store(breaks_at)
    if breaks_at <= needed.calls:
        with pytest.raises(LostServer):
            run(items, store, by_group)
        assert store.calls == breaks_at
        assert store.taken == needed.taken[: len(store.taken)]
    else:
        run(items, store, by_group)
        assert store.taken == needed.taken
