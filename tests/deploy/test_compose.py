"""docker-compose.yml holds to the specification and to our rules, and each rule notices when it is broken."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from jsonschema import Draft7Validator

from tests.deploy import rules
from tests.deploy.reading import Compose, compose, specification
from tests.deploy.rules import RULES, Rule

Break = Callable[[Compose], Any]


@pytest.mark.parametrize("name", ["docker-compose.yml", "deploy/external.yml"])
def test_it_is_valid_by_the_compose_specification(name: str) -> None:
    assert [error.message for error in Draft7Validator(specification()).iter_errors(compose(name))] == []


def test_the_specification_notices_a_misspelt_key() -> None:
    broken = compose()
    broken["services"]["kafka"]["heathcheck"] = {}
    assert list(Draft7Validator(specification()).iter_errors(broken))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_every_service_holds_to_the_rule(rule: Rule) -> None:
    assert list(rule(compose())) == []


BREAKS: list[tuple[Rule, str, Break]] = [
    (rules.images_are_pinned, "latest", lambda s: s["kafka"].update(image="apache/kafka:latest")),
    (rules.images_are_pinned, "no tag", lambda s: s["valkey"].update(image="valkey/valkey")),
    (rules.images_are_pinned, "major only", lambda s: s["postgres"].update(image="postgres:18")),
    (rules.services_are_confined, "capability", lambda s: s["mongo"].update(cap_add=["SYS_ADMIN"])),
    (rules.services_are_confined, "privileges", lambda s: s["nlp"].pop("security_opt")),
    (rules.services_are_confined, "host network", lambda s: s["nlp"].update(network_mode="host")),
    (rules.services_are_confined, "writable", lambda s: s["grafana"].update(read_only=False)),
    (rules.services_are_confined, "root", lambda s: s["postgres"].update(user="0:0")),
    (rules.services_are_limited, "no memory limit", lambda s: s["cli"]["deploy"]["resources"]["limits"].pop("memory")),
    (rules.services_are_limited, "log", lambda s: s["cli"].pop("logging")),
    (rules.services_tell_their_health, "none", lambda s: s["connect"].pop("healthcheck")),
    (rules.services_tell_their_health, "disabled", lambda s: s["tailer"].update(healthcheck={"disable": True})),
    (rules.services_tell_their_health, "no restart", lambda s: s["connect"].update(restart="on-failure")),
    (
        rules.dependencies_wait_for_what_they_need,
        "started only",
        lambda s: s["migrate"]["depends_on"].update(kafka={"condition": "service_started"}),
    ),
    (rules.dependencies_wait_for_what_they_need, "profile", lambda s: s["kafka"].update(profiles=["core"])),
    (rules.one_shots_are_waited_for, "nobody", lambda s: s["migrate"]["depends_on"].pop("mongo-init")),
    (rules.ports_are_published_on_loopback_only, "everywhere", lambda s: s["kafka"].update(ports=["9094:9094"])),
    (rules.ports_are_published_on_loopback_only, "outside", lambda s: s["mongo"]["networks"].append("outside")),
    (rules.ports_are_published_on_loopback_only, "unreachable", lambda s: s["grafana"].update(networks=["watching"])),
    (rules.everything_named_is_there, "no file", lambda s: s["mongo"].update(volumes=["./deploy/none:/x:ro"])),
    (rules.everything_named_is_there, "unused volume", lambda s: s["kafka"].pop("volumes")),
    (rules.everything_named_is_there, "no secret", lambda s: s["nlp"]["secrets"].append("none")),
    (rules.secrets_come_from_files, "plain", lambda s: s["mongo"]["environment"].update(MONGO_PASSWORD="x")),
    (rules.secrets_come_from_files, "in a URL", lambda s: s["nlp"]["environment"].update(X="kafka://a:b@kafka:1")),
    (rules.secrets_come_from_files, "not mounted", lambda s: s["nlp"].update(secrets=[])),
    (
        rules.connect_is_known_where_it_is_used,
        "tenants go stale",
        lambda s: s["streams"]["environment"].pop(rules.CONNECT_URL),
    ),
    (
        rules.connect_is_known_where_it_is_used,
        "not there without its profile",
        lambda s: s["cli"]["environment"].update({rules.CONNECT_URL: "http://connect:8083"}),
    ),
    (
        rules.connect_is_known_where_it_is_used,
        "no use",
        lambda s: s["nlp"]["environment"].update({rules.CONNECT_URL: "x"}),
    ),
]


@pytest.mark.parametrize(("rule", "how", "apart"), BREAKS, ids=[f"{r.__name__}: {how}" for r, how, _ in BREAKS])
def test_a_rule_notices_that_it_is_broken(rule: Rule, how: str, apart: Break) -> None:
    broken = compose()
    apart(broken["services"])
    assert list(rule(broken)), how


def test_each_rule_was_broken() -> None:
    assert {rule for rule, _, _ in BREAKS} == set(RULES)


def test_the_profiles_are_those_that_the_page_tells_of() -> None:
    found = {profile for each in compose()["services"].values() for profile in each["profiles"]}
    assert found == {"core", "cdc", "observability", "tools"}
