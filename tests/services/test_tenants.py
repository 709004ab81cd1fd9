"""Registering and finding tenants."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from aggregates.review.notification_rule import NotificationRule
from connectors.postgres import Pool
from schemas.errors import InvalidInput
from services.tenancy.tenants import Tenants

RULE = {"notify": {"rating_at_most": 3, "sentiment_at_most": None}, "colour": "ünïcode"}


def test_a_tenant_is_found_by_slug_and_by_id(tenants: Tenants):
    created = tenants.create("blue-harbour", name="Blue Harbour", settings=RULE)
    assert tenants.find("blue-harbour") == tenants.find(str(created.id)) == created
    assert (created.slug, created.name, created.settings) == ("blue-harbour", "Blue Harbour", RULE)
    assert abs(datetime.now(UTC) - created.created_at) < timedelta(minutes=1)
    assert created.rule == NotificationRule(3, None)


def test_name_and_settings_may_be_left_out(tenants: Tenants):
    created = tenants.create("a")
    assert (created.name, created.settings, created.rule) == ("a", {}, NotificationRule())


def test_a_slug_is_taken_once(tenants: Tenants):
    first = tenants.create("acme")
    with pytest.raises(InvalidInput, match="acme exists already") as caught:
        tenants.create("acme", name="Another")
    assert (caught.value.field, caught.value.reason) == ("slug", "taken")
    assert tenants.every() == [first]


@pytest.mark.parametrize(
    "slug",
    ["", "-a", "a-", "A", "blue harbour", "blue_harbour", "a" * 64, "a\n", "ä", "a\0", "\ud800", str(UUID(int=7))],
)
def test_bad_slugs_are_refused(tenants: Tenants, slug):
    with pytest.raises(InvalidInput, match="lower-case letters, digits and hyphens") as caught:
        tenants.create(slug)
    assert caught.value.field == "slug"
    assert tenants.every() == []


@pytest.mark.parametrize("slug", ["a", "9", "a-b", "a" * 63, "a--b"])
def test_good_slugs_are_taken_by_code_and_database(tenants: Tenants, slug):
    assert tenants.create(slug).slug == slug


def test_nobody_answers_for_another_tenants_id(tenants: Tenants):
    victim = tenants.create("victim")
    with pytest.raises(InvalidInput, match="nothing like an id"):
        tenants.create(str(victim.id))


@pytest.mark.parametrize("settings", [{"notify": {"rating": 2}}, {"notify": None}, {"notify": {"rating_at_most": "2"}}])
def test_settings_are_validated_when_they_are_written(tenants: Tenants, settings):
    with pytest.raises(InvalidInput) as created:
        tenants.create("acme", settings=settings)
    tenants.create("acme", settings=RULE)
    with pytest.raises(InvalidInput) as changed:
        tenants.change_settings("acme", settings)
    assert created.value.field.startswith("settings.notify")
    assert changed.value.field.startswith("settings.notify")
    assert tenants.get("acme").settings == RULE


@pytest.mark.parametrize("value", ["\0", "\ud800", float("nan")])
def test_what_cannot_be_stored_is_refused_in_words(tenants: Tenants, value):
    tenants.create("other")
    for refused in (
        lambda: tenants.create("acme", settings={"colour": value}),
        lambda: tenants.change_settings("other", {"colour": value}),
    ):
        with pytest.raises(InvalidInput, match="leave out NUL, NaN and half characters"):
            refused()
    assert [tenant.slug for tenant in tenants.every()] == ["other"]


@pytest.mark.parametrize("name", ["a\0", "a\ud800"])
def test_a_name_that_cannot_be_stored_is_refused(tenants: Tenants, name):
    with pytest.raises(InvalidInput, match="leave out NUL"):
        tenants.create("acme", name=name)


def test_settings_are_replaced_as_a_whole(tenants: Tenants):
    created = tenants.create("acme", settings=RULE)
    changed = tenants.change_settings(str(created.id), {"notify": {"rating_at_most": 1}})
    assert changed == tenants.get("acme")
    assert changed.settings == {"notify": {"rating_at_most": 1}}


@pytest.mark.parametrize("name", ["nobody", "", str(UUID(int=7)), "a\0b", "\ud800", "a' OR '1'='1", "x" * 100_000])
def test_unknown_tenants_are_none_whatever_is_asked(tenants: Tenants, name):
    tenants.create("acme")
    assert tenants.find(name) is None


def test_getting_an_unknown_tenant_says_how_to_register_it(tenants: Tenants):
    for ask in (lambda: tenants.get("nobody"), lambda: tenants.change_settings("nobody", {})):
        with pytest.raises(InvalidInput, match="`reviewstream tenant create nobody` registers it") as caught:
            ask()
        assert caught.value.reason == "unknown_tenant"


def test_every_tenant_is_listed_by_slug(tenants: Tenants):
    for slug in ("zeta", "acme", "mid"):
        tenants.create(slug)
    assert [tenant.slug for tenant in tenants.every()] == ["acme", "mid", "zeta"]


def test_the_database_checks_slugs_too(pool: Pool):
    with pool.connection() as connection, pytest.raises(Exception, match="violates check constraint"):
        connection.execute("INSERT INTO tenants (id, slug, name) VALUES (gen_random_uuid(), 'Not A Slug', '')")
