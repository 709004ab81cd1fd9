"""docs/events.md tells of every event and message: topic, id, fields, meaning, personal data, and an example that decodes."""

from __future__ import annotations

import json
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from schemas.codec import decode_record
from schemas.registry import Contract, contracts, newest
from schemas.tools.golden import golden, plain
from schemas.topics import STEPS, carrier
from streams.topics import all_topics
from tests.schemas.avro import fields_below

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/events.md").read_text()
SECTIONS = dict(re.findall(r"^## (\S+\.\S+ v\d+)\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL))
ALL = list(contracts().values())


def section(contract: Contract) -> str:
    return SECTIONS[f"{contract.topic} v{contract.version}"]


def test_every_version_has_its_section() -> None:
    assert list(SECTIONS) == [f"{each.topic} v{each.version}" for each in ALL]


@pytest.mark.parametrize("contract", ALL, ids=lambda contract: contract.name)
def test_a_section_has_topic_id_and_every_field_with_its_meaning_and_mark(contract: Contract) -> None:
    text = section(contract)
    assert f"`{carrier(contract.topic)}`" in text
    assert f"Schema id {contract.id}." in text
    rows = {
        row[0]: row[1:] for row in re.findall(r"^\| `(\S+)` \| ([^|]+) \| ([^|]+) \| (\S*) ?\|$", text, re.MULTILINE)
    }
    for path, field in fields_below(contract.source):
        _, meaning, mark = rows[path]
        assert (meaning, mark) == (field["doc"], field.get("personal_data", "")), path


@pytest.mark.parametrize("contract", ALL, ids=lambda contract: contract.name)
def test_the_example_is_what_golden_bytes_say(contract: Contract) -> None:
    (shown,) = re.findall(r"```json\n(.*?)```", section(contract), re.DOTALL)
    written, record = decode_record(bytes.fromhex(golden(contract)["bytes"]))
    assert (written, json.loads(shown)) == (contract, plain(record))


def test_the_code_on_the_page_reads_every_version(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    given: dict[str, Any] = {}
    exec(code, given)  # the page's own words
    for contract in ALL:
        value = bytes.fromhex(golden(contract)["bytes"])
        name, record = given["read"](SimpleNamespace(value=lambda value=value: value))
        assert (name, plain(record)) == (contract.name, golden(contract)["reads"][str(contract.version)])


def test_the_code_on_the_page_for_publishers_writes_what_the_collect_step_reads(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(ROOT)
    codes = re.findall(r"```python\n(.*?)```", (ROOT / "docs/publishing.md").read_text(), re.DOTALL)
    (code,) = (one for one in codes if "schemaless_writer" in one)
    given: dict[str, Any] = {}
    exec(code.partition("producer = ")[0], given)  # tests/docs sends it
    written, record = decode_record(given["value"])
    review = given["review"]
    assert written == newest("inbound.review")
    assert {name: record[name] for name in review} == review


def test_the_table_of_topics_has_all_public_ones() -> None:
    listed = re.findall(r"^\| `((?:reviews|calibrations|alarms|topic_models)\.\w+)` \|", PAGE, re.MULTILINE)
    assert sorted(listed) == sorted(topic for topic in all_topics(1) if not topic.startswith("steps."))
    assert STEPS.partition(".")[0] == "steps"


def test_links_within_the_page_lead_to_headings() -> None:
    headings = {re.sub(r"[^\w\- ]", "", name.lower()).replace(" ", "-") for name in SECTIONS}
    links = set(re.findall(r"\]\(#([^)]+)\)", PAGE))
    assert len(links) >= 14
    assert links <= headings
