"""The cache in front of the tenancy service, on a clock of the test's own."""

from __future__ import annotations

import pytest

from connectors.postgres import Pool
from services.tenancy.directory import TenantDirectory
from services.tenancy.tenants import Tenant, Tenants


class Clock:
    """Seconds that pass when the test says so."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


def test_a_known_tenant_is_kept_for_its_time(tenants: Tenants):
    clock = Clock()
    directory = TenantDirectory(tenants, ttl=30, clock=clock)
    old = tenants.create("acme")
    assert directory.find("acme") == directory.find(str(old.id)) == old
    new = tenants.change_settings("acme", {"notify": {}})
    clock.now += 29.9
    assert directory.find("acme") == directory.find(str(old.id)) == old
    clock.now += 0.1
    assert directory.find("acme") == directory.find(str(old.id)) == new


def test_an_unknown_tenant_is_asked_for_again_when_told(tenants: Tenants):
    directory = TenantDirectory(tenants, clock=Clock())
    assert directory.find("acme") is None
    created = tenants.create("acme")
    assert directory.find("acme") is None
    directory.forget_unknown()
    assert directory.find("acme") == created


def test_an_answer_that_was_overtaken_is_not_kept(tenants: Tenants, monkeypatch: pytest.MonkeyPatch):
    """One batch asks; before it has its answer the tenant is registered, and the next batch begins."""
    directory, find = TenantDirectory(tenants, clock=Clock()), tenants.find

    def slowly(name: str) -> Tenant | None:
        answer = find(name)
        monkeypatch.undo()
        tenants.create(name)
        directory.forget_unknown()
        return answer

    monkeypatch.setattr(tenants, "find", slowly)
    assert directory.find("acme") is None
    assert directory.find("acme") == tenants.find("acme") is not None


def test_an_answer_from_before_a_change_is_not_kept(tenants: Tenants, monkeypatch: pytest.MonkeyPatch):
    directory, find = TenantDirectory(tenants, clock=Clock()), tenants.find
    old = tenants.create("acme")

    def slowly(name: str) -> Tenant | None:
        answer = find(name)
        monkeypatch.undo()
        tenants.change_settings("acme", {"notify": {}})
        directory.forget_tenant(str(old.id))
        return answer

    monkeypatch.setattr(tenants, "find", slowly)
    assert directory.find("acme") == old
    assert directory.find("acme") == tenants.find("acme") != old


def test_forgetting_a_tenant_forgets_no_other(tenants: Tenants, monkeypatch: pytest.MonkeyPatch):
    directory = TenantDirectory(tenants, clock=Clock())
    changed, other = tenants.create("acme"), tenants.create("other")
    for name in ("acme", str(changed.id), "other"):
        assert directory.find(name) is not None
    directory.forget_tenant(str(changed.id))
    asked: list[str] = []
    monkeypatch.setattr(tenants, "find", lambda name: asked.append(name) or changed)
    assert directory.find("other") == other
    assert [directory.find("acme"), directory.find(str(changed.id))] == [changed, changed]
    assert asked == ["acme", str(changed.id)]


def test_forgetting_asks_anew(tenants: Tenants):
    directory = TenantDirectory(tenants, clock=Clock())
    assert directory.find("acme") is None
    created = tenants.create("acme")
    directory.forget()
    assert directory.find("acme") == created


def test_a_removed_tenant_is_gone_after_its_time(tenants: Tenants, pool: Pool):
    clock = Clock()
    directory = TenantDirectory(tenants, ttl=30, clock=clock)
    created = tenants.create("acme")
    assert directory.find("acme") == created
    with pool.connection() as connection:
        connection.execute("DELETE FROM tenants")
    assert directory.find("acme") == created
    clock.now += 30
    assert directory.find("acme") is None


def test_names_that_are_none_are_not_kept(tenants: Tenants):
    directory = TenantDirectory(tenants, clock=Clock())
    for name in ("x" * 100_000, "a\0b", "\ud800", ""):
        assert directory.find(name) is None
    assert (directory._known, directory._unknown) == ({}, set())


def test_invented_names_do_not_fill_the_memory(tenants: Tenants):
    directory = TenantDirectory(tenants, clock=Clock())
    directory._unknown = {f"name-{number}" for number in range(10_001)}
    created = tenants.create("acme")
    assert directory.find("acme") == created
    assert (list(directory._known), directory._unknown) == (["acme"], set())
