"""A forbidden change of a contract fails with the rule it breaks; an allowed one passes."""

from __future__ import annotations

import copy
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from schemas.registry import HERE, read
from schemas.tools.compatibility import check, compare
from schemas.tools.seals import FILE, fingerprint, seal
from schemas.upcasters import UPCASTERS

ROOT = Path(__file__).parents[2]
SPAN = {"type": "record", "name": "Span", "fields": [
    {"name": "start", "type": "int", "doc": "First."}, {"name": "mood", "doc": "Mood.", "type":
        {"type": "enum", "name": "Mood", "symbols": ["GLAD", "SAD"]}}]}  # fmt: skip
FIRST: dict[str, Any] = {
    "type": "record",
    "name": "Tested",
    "namespace": "reviewstream",
    "doc": "A contract for tests.",
    "fields": [
        {"name": "revision", "type": "int", "doc": "Revision."},
        {"name": "text", "type": "string", "doc": "Text.", "personal_data": "free_text"},
        {"name": "rating", "type": ["null", "double"], "default": None, "doc": "Rating."},
        {"name": "at", "type": {"type": "long", "logicalType": "timestamp-micros"}, "doc": "When."},
        {"name": "span", "type": ["null", SPAN], "default": None, "doc": "Where."},
        {"name": "more", "type": {"type": "array", "items": "reviewstream.Span"}, "default": [], "doc": "And where."},
        {"name": "key", "type": {"type": "fixed", "name": "Key", "size": 16}, "doc": "Key."},
    ],
}
Change = Callable[[dict[str, Any]], None]


def field(source: dict[str, Any], name: str) -> dict[str, Any]:
    return next(each for each in source["fields"] if each["name"] == name)


def adding(**more: Any) -> Change:
    return lambda source: source["fields"].append({"name": "added", "type": "string", "doc": "Added.", **more})


def removing(name: str) -> Change:
    return lambda source: source["fields"].remove(field(source, name))


def with_field(name: str, /, **values: Any) -> Change:
    return lambda source: field(source, name).update(values)


def inside(change: Callable[[dict[str, Any]], None]) -> Change:
    return lambda source: change(field(source, "span")["type"][1])


def directory(path: Path, *versions: Any) -> Path:
    """A directory of contracts like schemas/, with these versions of one contract, all sealed."""
    (path / "avro").mkdir()
    (path / "ids.json").write_text(json.dumps({f"review.tested.v{n}": n for n, _ in enumerate(versions, 1)}))
    routing = {"aggregate": "review", "public_topic": "reviews.tested"}
    (path / "routing.json").write_text(json.dumps({"review.tested": routing}))
    for number, source in enumerate(versions, 1):
        (path / "avro" / f"review.tested.v{number}.avsc").write_text(json.dumps(source))
    seal(path)
    return path


def changed(source: Any, *changes: Change) -> dict[str, Any]:
    other: dict[str, Any] = copy.deepcopy(source)
    for change in changes:
        change(other)
    return other


def rules(path: Path) -> dict[str, list[str]]:
    """Broken rules with the places where they are broken; upcasters lead on from every version."""
    found = check(path, {("review.tested", version) for version in range(1, 9)})
    return {each.rule: [other.field for other in found if other.rule == each.rule] for each in found}


FORBIDDEN: dict[str, tuple[Change, str, str]] = {
    "a new field without a default": (adding(), "reader_field_missing_default_value", "Tested.added"),
    "a removed field that had no default": (removing("revision"), "removed_field_without_default", "revision"),
    "another type": (with_field("revision", type="string"), "type_mismatch", "Tested.revision"),
    "a narrower number": (with_field("at", type="int"), "type_mismatch", "Tested.at"),
    "no longer null": (with_field("rating", type="double", default=0.0), "type_mismatch", ""),
    "a branch taken out": (with_field("rating", type=["null", "string"]), "missing_union_branch", "Tested.rating"),
    "another meaning of the same number": (
        with_field("at", type={"type": "long", "logicalType": "timestamp-millis"}), "logical_type_changed", "at"),
    "a time that is a plain number": (with_field("at", type="long"), "logical_type_changed", "at"),
    "a renamed field": (with_field("revision", name="number"), "renamed_field", "revision"),
    "a renamed field that had a default": (with_field("rating", name="stars"), "renamed_field", "rating"),
    "a renamed field with an alias": (
        with_field("rating", name="stars", doc="Stars.", aliases=["rating"]), "renamed_field", "rating"),
    "another name of the record": (lambda source: source.update(name="Other"), "name_mismatch", "Other"),
    "another size": (with_field("key", type={"type": "fixed", "name": "Key", "size": 8}), "fixed_size_mismatch",
                     "Key"),
    "a mark of personal data taken off": (with_field("text", personal_data=""), "personal_data_unmarked", "text"),
    "a default of another type": (with_field("rating", default="none"), "no_schema", ""),
    "a narrowed enum, deep within": (
        inside(lambda span: field(span, "mood")["type"].update(symbols=["GLAD"])), "missing_enum_symbols", "Mood"),
    "a new field without a default, deep within": (inside(adding()), "reader_field_missing_default_value", "Span.added"),
    "a removed field, deep within": (inside(removing("start")), "removed_field_without_default", "span.start"),
}  # fmt: skip


@pytest.mark.parametrize(("change", "rule", "where"), FORBIDDEN.values(), ids=FORBIDDEN)
def test_a_forbidden_change_names_its_rule_and_its_place(tmp_path: Path, change: Change, rule: str, where: str) -> None:
    found = rules(directory(tmp_path, FIRST, changed(FIRST, change)))
    assert rule in found
    assert where in found[rule]


ALLOWED: dict[str, Change] = {
    "a new field with a default": adding(default=""),
    "a new field that may be null": adding(type=["null", "string"], default=None),
    "a removed field that had a default": removing("rating"),
    "a wider number": with_field("revision", type="long"),
    "null as well": with_field("revision", type=["int", "null"]),
    "a time that may be null": with_field("at", type=["null", {"type": "long", "logicalType": "timestamp-micros"}]),
    "better docs": with_field("revision", doc="Which revision of the review this is about."),
    "a default where there was none": with_field("text", default=""),
    "a new mark of personal data": with_field("rating", personal_data="free_text"),
    "a wider enum": inside(lambda span: field(span, "mood")["type"]["symbols"].append("CALM")),
    "a new field with a default, deep within": inside(adding(default="x")),
    "fields in another order": lambda source: source["fields"].insert(0, source["fields"].pop(1)),
}  # fmt: skip


@pytest.mark.parametrize("change", ALLOWED.values(), ids=ALLOWED)
def test_an_allowed_change_passes(tmp_path: Path, change: Change) -> None:
    second = changed(FIRST, change)
    assert second != FIRST
    assert check(directory(tmp_path, FIRST, second), {("review.tested", 1)}) == []


def test_a_version_is_compared_with_every_earlier_one(tmp_path: Path) -> None:
    second = changed(FIRST, removing("rating"))
    third = changed(second, lambda source: source["fields"].append(
        {"name": "rating", "type": "string", "default": "", "doc": "In words."}))  # fmt: skip
    path = directory(tmp_path, FIRST, second, third)
    (broken,) = check(path, {("review.tested", 1), ("review.tested", 2)})
    assert (broken.rule, broken.contract) == ("type_mismatch", "review.tested.v3")
    assert "(against v1)" in str(broken)


def test_a_missing_upcaster_is_named(tmp_path: Path) -> None:
    second = changed(FIRST, adding(default=""))
    found = check(directory(tmp_path, FIRST, second, second), {("review.tested", 1)})
    assert [(each.rule, each.contract) for each in found] == [("missing_upcaster", "review.tested.v3")]
    assert "from v2 to it" in found[0].why


@pytest.mark.parametrize(
    "change",
    [
        adding(default=""),
        with_field("at", type={"type": "long", "logicalType": "timestamp-millis"}),
        with_field("rating", type=["double", "null"], default=1.0),
        with_field("text", personal_data="name"),
        with_field("revision", aliases=["number"]),
        lambda source: source["fields"].reverse(),
    ],
    ids=["field", "logical type", "default", "mark", "alias", "order"],
)
def test_a_committed_version_does_not_change(tmp_path: Path, change: Change) -> None:
    path = directory(tmp_path, FIRST)
    assert check(path) == []
    (path / "avro/review.tested.v1.avsc").write_text(json.dumps(changed(FIRST, change)))
    broken = next(each for each in check(path) if each.rule == "altered_version")
    assert "make a new version instead" in broken.why
    before = (path / FILE).read_text()
    assert seal(path) == []
    assert (path / FILE).read_text() == before, "a seal is never changed"


def test_docs_and_layout_of_a_committed_version_may_be_bettered(tmp_path: Path) -> None:
    path = directory(tmp_path, FIRST)
    better = changed(FIRST, with_field("text", doc="The text."), with_field("span", doc="Where it stands."))
    (path / "avro/review.tested.v1.avsc").write_text(json.dumps(better, indent=8))
    assert check(path) == []


def test_a_default_that_has_a_key_called_doc_counts() -> None:
    def mapped(value: str) -> Any:
        return {"fields": [{"name": "m", "type": {"type": "map", "values": "string"}, "default": {"doc": value}}]}

    assert fingerprint(mapped("a")) != fingerprint(mapped("b"))


@pytest.mark.parametrize("gone", ["file", "id"])
def test_a_committed_version_is_not_removed(tmp_path: Path, gone: str) -> None:
    path = directory(tmp_path, FIRST, changed(FIRST, adding(default="")))
    if gone == "file":
        (path / "avro/review.tested.v1.avsc").unlink()
    else:
        (path / "ids.json").write_text(json.dumps({"review.tested.v2": 2}))
    assert "removed_version" in rules(path)


@pytest.mark.parametrize(
    ("ids", "rule"),
    [
        ({"review.tested.v1": 3, "review.tested.v2": 2}, "changed_id"),
        ({"review.tested.v1": 1, "review.tested.v2": 1}, "reused_id"),
    ],
)
def test_ids_do_not_change_hands(tmp_path: Path, ids: dict[str, int], rule: str) -> None:
    path = directory(tmp_path, FIRST, changed(FIRST, adding(default="")))
    (path / "ids.json").write_text(json.dumps(ids))
    assert rule in rules(path)


def test_a_new_version_needs_an_id_and_a_seal(tmp_path: Path) -> None:
    path = directory(tmp_path, FIRST)
    (path / "avro/review.tested.v2.avsc").write_text(json.dumps(changed(FIRST, adding(default=""))))
    (missing,) = check(path)
    assert (missing.rule, "ids.json, 2" in missing.why) == ("missing_id", True)
    (path / "ids.json").write_text(json.dumps({"review.tested.v1": 1, "review.tested.v2": 2}))
    assert list(rules(path)) == ["unsealed_version"]
    assert seal(path) == ["review.tested.v2"]
    assert rules(path) == {}


@pytest.mark.parametrize(
    ("text", "rule"),
    [("{", "no_json"), ('{"type": "record", "name": "A", "fields": [{"name": "b", "type": "c"}]}', "no_schema")],
)
def test_what_is_no_schema_is_named(tmp_path: Path, text: str, rule: str) -> None:
    path = directory(tmp_path, FIRST)
    (path / "avro/review.tested.v1.avsc").write_text(text)
    assert (rule, "review.tested.v1") in {(each.rule, each.contract) for each in check(path)}


def test_versions_have_no_gap(tmp_path: Path) -> None:
    path = directory(tmp_path, FIRST)
    shutil.copy(path / "avro/review.tested.v1.avsc", path / "avro/review.tested.v3.avsc")
    (path / "ids.json").write_text(json.dumps({"review.tested.v1": 1, "review.tested.v3": 2}))
    assert "version_gap" in rules(path)


def test_the_committed_contracts_pass() -> None:
    assert check() == []


def test_every_contract_of_ours_is_noticed_when_its_fields_change_type(tmp_path: Path) -> None:
    for contract in read(HERE).values():
        altered = changed(contract.source, lambda source: source["fields"][0].update(type="boolean", default=False))
        newer = replace(contract, id=99, version=99, source=altered, parsed=None)
        assert "type_mismatch" in {each.rule for each in compare(contract, newer)}, contract.name


def lint(clone: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "schemas.tools.compatibility", *arguments]
    env = {"PYTHONPATH": str(clone)}
    return subprocess.run(command, cwd=clone, env=env, capture_output=True, check=False, text=True)


def test_the_command_of_make_lint_fails_and_says_why(tmp_path: Path) -> None:
    """A clone in which somebody has altered a committed version, as `make lint` sees it."""
    shutil.copytree(HERE, tmp_path / "schemas", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "telemetry").symlink_to(ROOT / "telemetry")
    done = lint(tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    path = tmp_path / "schemas/avro/review.collected.v1.avsc"
    path.write_text(path.read_text().replace('"rating"', '"stars"'))
    for done in (lint(tmp_path), lint(tmp_path, "--seal")):
        assert done.returncode == 1
        assert "review.collected.v1: altered_version" in done.stderr
    recipe = (ROOT / "Makefile").read_text().partition("\nlint:")[2].partition("\n\n")[0]
    assert "python -m schemas.tools.compatibility" in recipe


def test_the_page_for_developers_names_every_rule() -> None:
    page = (ROOT / "docs/extending.md").read_text()
    code = "".join(
        (HERE / f"{name}.py").read_text() for name in ("tools/compatibility", "tools/seals", "resolution", "registry")
    )
    rules = {rule for _, rule, _ in FORBIDDEN.values()} | set(re.findall(r'Violation\("(\w+)"', code))
    assert len(rules) >= 15
    assert not {rule for rule in rules if f"`{rule}`" not in page}


def test_links_are_the_registered_upcasters() -> None:
    assert {each.rule for each in check(links=())} == ({"missing_upcaster"} if UPCASTERS else set())
