"""What changes a tenant reaches the collect step's cache by itself."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from itertools import count

import pytest

from connectors.kafka import Outgoing
from services.tenancy.changes import TenantChanges
from services.tenancy.directory import TenantDirectory
from tests.debezium.conftest import World
from tests.waiting import crowding, until

FOR_EVER = 1e9
LATEST = 2.0
"""Seconds within which a change must have its effect."""


@pytest.fixture
def followed(world: Callable[..., World]) -> Iterator[tuple[World, TenantDirectory]]:
    """A directory that nothing but the changes makes ask anew."""
    here = world()
    here.capturing.register("tenants")
    directory = TenantDirectory(here.parts.tenants, ttl=FOR_EVER)
    changes = TenantChanges(here.kafka, directory, topic=f"{here.label}cdc.tenancy.tenants")
    changes.start()
    yield here, directory
    changes.stop()


def test_a_change_has_its_effect_within_two_seconds(followed: tuple[World, TenantDirectory]) -> None:
    here, directory = followed
    tenants = here.parts.tenants
    tenant = tenants.create("blue-harbour")
    until(lambda: directory.find("blue-harbour"), otherwise="it is not found")
    numbers, took = count(), []

    def changed(number: int) -> bool:
        return all(
            found is not None and found.settings == {"n": number}
            for found in map(directory.find, ("blue-harbour", str(tenant.id)))
        )

    def change() -> float:
        number = next(numbers)
        tenants.change_settings("blue-harbour", {"n": number})
        began = time.monotonic()
        until(lambda: changed(number), otherwise="the change has no effect")
        return time.monotonic() - began

    change()  # the first one may find nobody listening yet
    took = sorted(change() for _ in range(60))
    print(f"effect after {took[30] * 1000:.0f} ms at the median, {took[-1] * 1000:.0f} ms at most")
    assert took[-1] < LATEST * crowding()


def test_a_name_that_nobody_had_is_asked_for_anew(followed: tuple[World, TenantDirectory]) -> None:
    here, directory = followed
    assert directory.find("new-harbour") is None
    here.parts.tenants.create("new-harbour")
    until(lambda: directory.find("new-harbour"), otherwise="it stays unknown")


def test_what_is_no_change_is_passed_over(followed: tuple[World, TenantDirectory]) -> None:
    here, directory = followed
    here.parts.tenants.create("blue-harbour")
    until(lambda: directory.find("blue-harbour"), otherwise="it is not found")
    topic = f"{here.label}cdc.tenancy.tenants"
    for value in (b"{", b"[]", b'{"after": 7}', b'{"after": {"slug": []}}', b"\xff", json.dumps(None).encode()):
        here.parts.producer.send([Outgoing(topic, b"\xff", value)])
    here.parts.tenants.change_settings("blue-harbour", {"n": 1})
    until(lambda: (found := directory.find("blue-harbour")) and found.settings, otherwise="it does not go on")
