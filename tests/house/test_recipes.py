"""docs/extending.md is followed for an event, then a saga step, then a projector: one copy, in the order of the page."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from aggregates.review.saga import STEPS
from connectors.databases import scripts_of
from connectors.migrations import migrate
from tests.databases import database
from tests.recipes import page
from tests.recipes.copies import ROOT, Copy, with_entry

pytestmark = pytest.mark.long
TOPIC = "review.translated"
PRODUCTS = ("schemas/test_contracts.py", "schemas/test_ids.py", "schemas/test_personal_data.py", "schemas/test_golden.py",
    "schemas/test_codec.py", "schemas/test_routing.py",
    "aggregates/test_what_follows.py", "house/test_pages.py")  # fmt: skip
"""The product's own tests of what the recipes touch."""


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    """A copy with its tests and pages."""
    made = Copy(tmp_path_factory.mktemp("code"))
    made.make("tests", "docs")
    return made


@pytest.fixture(scope="module")
def event(product: Copy) -> Copy:
    product.follow(with_a_free_id(page.section("An event")))
    return product


@pytest.fixture(scope="module")
def step(event: Copy) -> Copy:
    """The step answers with the event."""
    event.follow(page.section("A saga step"))
    return event


@pytest.fixture(scope="module")
def projector(step: Copy) -> Copy:
    step.follow(page.section("A projector"))
    return step


@pytest.fixture
def url(postgres_url: str) -> Iterator[str]:
    """A log, and read models beside it."""
    with database(postgres_url) as made:
        for package in ("eventstore", "projections"):
            migrate(made, scripts_of(package))
        yield made


def next_free() -> int:
    return 1 + max(json.loads((ROOT / "schemas/ids.json").read_text()).values())


def with_a_free_id(recipe: str) -> str:
    """The page's id is an example: it may have been taken since."""
    (shown,) = re.findall(rf'"{TOPIC}\.v1": (\d+)', recipe)
    return recipe.replace(f'.v1": {shown}', f'.v1": {next_free()}').replace(f"({shown}, ", f"({next_free()}, ")


def told(copy: Copy, script: str, *arguments: str) -> Any:
    """What a script of tests/recipes says at its end, in the copy."""
    return json.loads(copy.printed("-m", f"tests.recipes.{script}", *arguments).splitlines()[-1])


def test_an_event_is_encoded_routed_and_folded(event: Copy) -> None:
    assert told(event, "an_event") == {
        "read again": True,
        "id": next_free(),
        "topic": "reviews.translated",
        "review": [1, "analytics", None],
    }


def test_an_event_stands_in_the_written_pages_and_is_sealed(event: Copy) -> None:
    assert f"## {TOPIC} v1\n\nTopic `reviews.translated`." in (event.code / "docs/events.md").read_text()
    document = json.loads((event.code / "docs/asyncapi.json").read_text())
    assert document["channels"]["reviews_translated"]["address"] == "reviews.translated"
    assert (event.code / f"schemas/golden/{TOPIC}.v1.json").exists()
    assert f"{TOPIC}.v1" in json.loads((event.code / "schemas/seals.json").read_text())
    event.printed("-m", "schemas.tools.compatibility")


def test_a_step_gets_the_reviews_that_wait_for_it_and_they_go_on(step: Copy, url: str, tmp_path: Path) -> None:
    found = told(step, "a_step", url, str(tmp_path))
    assert found.pop("events")[-2:] == ["review.sentiment_analyzed", TOPIC]
    assert found == {
        "messages": 1,
        "content": "Een tasty biertje",
        "sent on": 1,
        "agents": ["reviewstream.translate"],
        "servers": ["eventstore", "kafka"],
        "topic": True,
    }


def test_the_page_of_settings_names_the_step_as_one_that_a_worker_runs_by_default(step: Copy) -> None:
    assert "| `collect,store,nlp,translate,analytics,notify," in (step.code / "docs/settings.md").read_text()


def test_the_place_that_the_page_gives_the_step_is_among_those_that_there_are(step: Copy) -> None:
    program = "from aggregates.review.saga import STEPS; print(*STEPS)"
    steps = step.printed("-c", program).split()
    assert [name for name in steps if name != "translate"] == list(STEPS)


def test_a_projector_is_filled_from_the_log_and_replayed_to_the_same(projector: Copy, url: str) -> None:
    found = told(projector, "a_projector", url)
    assert found["rows"] == found["after"] == ["de", "en"]
    assert (found["version"], found["switched"]) == (2, True)
    assert "languages" in found["names"]


def test_the_products_own_tests_agree(projector: Copy) -> None:
    paths = [f"tests/{path}" for path in PRODUCTS]
    printed = projector.printed("-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", *paths)
    assert " passed" in printed


@pytest.mark.parametrize(
    ("table", "line", "expected"),
    [
        ("A = (1, 2)", "3,", "A = (1, 2,\n    3,\n)"),
        ('A = {\n    "a": 1,\n    "b": 2,\n}', '"a": 3,', 'A = {\n    "a": 3,\n    "b": 2,\n}'),
        ('A = {\n    "a": 1,\n}', '"b": 2,', 'A = {\n    "a": 1,\n    "b": 2,\n}'),
        ("A = (\n    int\n    | str\n)", "| bool", "A = (\n    int\n    | str\n    | bool\n)"),
    ],
)
def test_an_entry_is_added_or_takes_the_place_of_one_with_its_key(table: str, line: str, expected: str) -> None:
    assert with_entry(table, line) == expected
