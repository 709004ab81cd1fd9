"""Every database of the registry is in the deployment, and a line that is missing there is named."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

import pytest

from connectors.databases import DATABASES
from tests.deploy.reading import ROOT, Compose, compose
from tests.deploy.rules import secrets_of

WITH_ALL = ("migrate", "cli")
"""Services that reach every database; workers get the URLs that tests/deploy/test_agreement.py wants for them."""
OTHERS = {"mongo", "clickhouse", "redis"}
LISTS = {
    "deploy/make-secrets.sh": r"for database in ([^;]+); do",
    "deploy/postgres/databases.sql": r"unnest\(ARRAY\[([^]]+)\]\)",
    "docs/security.md": r"\| ([^|]+) \| `postgresql://",
    "docs/deployment.md": r"the databases ([^(]+) \(or one",
}
"""File: where the names of all databases stand in it."""


def listed(text: str, pattern: str) -> set[str]:
    """The names there, without quotes, commas and the endings of settings."""
    found = re.search(pattern, text)
    assert found is not None, f"nothing is like {pattern}"
    return {word.removesuffix("_URL").lower() for word in re.findall(r"\w+", found[1])} - {"and"}


def given(deployed: Compose) -> dict[str, set[str]]:
    """What docker-compose.yml has for databases: the lines, as they would be written, by where they stand."""
    found = {"secrets": {f"{name}: {{file: {each['file']}}}" for name, each in deployed["secrets"].items()}}
    for name in WITH_ALL:
        service = deployed["services"][name]
        urls = {key: value for key, value in service["environment"].items() if key.endswith("_URL_FILE")}
        found[f"environment of {name}"] = {f"{key}: {value}" for key, value in urls.items()}
        found[f"secrets of {name}"] = secrets_of(service)
    return {place: {line for line in lines if "_url" in line} for place, lines in found.items()}


def wanted(name: str) -> dict[str, str]:
    """The line of one database in each of those places."""
    secret = f"{name}_url"
    lines = {"secrets": f"{secret}: {{file: ./deploy/secrets/{secret}}}"}
    for service in WITH_ALL:
        lines[f"environment of {service}"] = f"REVIEWSTREAM_{name.upper()}_URL_FILE: /run/secrets/{secret}"
        lines[f"secrets of {service}"] = secret
    return lines


def differences(names: Collection[str], deployed: Compose) -> Iterator[str]:
    """What the deployment lacks for the databases of these names, and what it has for others."""
    everything = {name: wanted(name) for name in {*names, *OTHERS}}
    for place, lines in given(deployed).items():
        expected = {each[place] for each in everything.values()}
        yield from (f"docker-compose.yml, {place}: add {line}" for line in sorted(expected - lines))
        yield from (f"docker-compose.yml, {place}: remove {line}" for line in sorted(lines - expected))
    for path, pattern in LISTS.items():
        there = listed((ROOT / path).read_text(), pattern)
        yield from (f"{path}: add {name}" for name in sorted(set(names) - there))
        yield from (f"{path}: remove {name}" for name in sorted(there - set(names)))


def test_the_deployment_has_every_database_and_no_other() -> None:
    assert list(differences(DATABASES, compose())) == []


def test_each_line_that_a_further_database_needs_is_named() -> None:
    assert list(differences([*DATABASES, "watchlist"], compose())) == [
        "docker-compose.yml, secrets: add watchlist_url: {file: ./deploy/secrets/watchlist_url}",
        "docker-compose.yml, environment of migrate: add REVIEWSTREAM_WATCHLIST_URL_FILE: /run/secrets/watchlist_url",
        "docker-compose.yml, secrets of migrate: add watchlist_url",
        "docker-compose.yml, environment of cli: add REVIEWSTREAM_WATCHLIST_URL_FILE: /run/secrets/watchlist_url",
        "docker-compose.yml, secrets of cli: add watchlist_url",
        "deploy/make-secrets.sh: add watchlist",
        "deploy/postgres/databases.sql: add watchlist",
        "docs/security.md: add watchlist",
        "docs/deployment.md: add watchlist",
    ]


@pytest.mark.parametrize("name", DATABASES)
def test_what_is_left_of_a_database_that_went_is_named(name: str) -> None:
    found = list(differences([each for each in DATABASES if each != name], compose()))
    assert len(found) == 5 + len(LISTS)
    assert all(": remove " in each and name in each.lower() for each in found)


def test_those_lines_are_all_that_it_needs() -> None:
    deployed = compose()
    line = wanted("watchlist")
    deployed["secrets"]["watchlist_url"] = {"file": "./deploy/secrets/watchlist_url"}
    for name in WITH_ALL:
        key, _, value = line[f"environment of {name}"].partition(": ")
        deployed["services"][name]["environment"][key] = value
        deployed["services"][name]["secrets"].append("watchlist_url")
    found = differences([*DATABASES, "watchlist"], deployed)
    assert [each for each in found if each.startswith("docker-compose")] == []
