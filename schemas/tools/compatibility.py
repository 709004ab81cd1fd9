"""Contracts stay readable: `python -m schemas.tools.compatibility`, part of `make lint`.

Every version must be able to read what every earlier version of it wrote (BACKWARD_TRANSITIVE), an upcaster must lead
from each version to the next, and a committed version never changes. `--seal` seals new versions (see schemas/tools/seals.py).
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import combinations, pairwise
from pathlib import Path

from schemas.errors import InvalidInput
from schemas.fields import Source, fields
from schemas.registry import HERE, Contract, read
from schemas.resolution import unreadable
from schemas.tools.seals import broken, seal
from schemas.tools.violation import Violation
from schemas.upcasters import UPCASTERS

Link = tuple[str, int]


def check(directory: Path = HERE, links: Collection[Link] = UPCASTERS.keys()) -> list[Violation]:
    """Everything that is wrong with the contracts of a directory, given the upcasters that there are."""
    found: list[Violation] = []
    try:
        found += broken(directory)
        if any(each.rule in {"removed_version", "reused_id"} for each in found):
            return found  # without its files nothing more can be said of them
        contracts = read(directory).values()
    except InvalidInput as error:
        return [*found, Violation(error.reason, error.field, "", str(error).removeprefix(f"{error.field}: "))]
    return [*found, *_between(list(contracts), links)]


def _between(contracts: Sequence[Contract], links: Collection[Link]) -> list[Violation]:
    found: list[Violation] = []
    for topic in {contract.topic: None for contract in contracts}:
        versions = sorted((each for each in contracts if each.topic == topic), key=lambda each: each.version)
        found += _chain(versions, links)
        for older, newer in combinations(versions, 2):
            found += compare(older, newer)
    return found


def compare(older: Contract, newer: Contract) -> list[Violation]:
    """What the newer version must not do, as the older one has it."""
    found = [*sorted(unreadable(newer.source, older.source)), *_lost(older, newer)]
    return [Violation(rule, newer.name, path, f"{why} (against v{older.version})") for rule, path, why in found]


def _chain(versions: Sequence[Contract], links: Collection[Link]) -> Iterator[Violation]:
    for number, contract in enumerate(versions, 1):
        if contract.version != number:
            yield Violation("version_gap", contract.name, "", f"versions are counted from 1: this would be v{number}")
    for older, newer in pairwise(versions):
        if (older.topic, older.version) not in links:
            why = f"no upcaster leads from v{older.version} to it: add one in schemas/upcasters.py"
            yield Violation("missing_upcaster", newer.name, "", why)


def _lost(older: Contract, newer: Contract) -> Iterator[tuple[str, str, str]]:
    """What Avro allows and we do not: consumers with the older contract must keep working, and marks of personal data stay."""
    before, now = fields(older.source), fields(newer.source)
    for path, field in before.items():
        mark = field.get("personal_data")
        if path in now and mark and now[path].get("personal_data") != mark:
            yield "personal_data_unmarked", path, f"it was marked {mark}: masking and erasure would pass it over"
        elif path not in now and path.rpartition(".")[0] in {"", *now}:
            yield from _removed(path, field, [now[each] for each in now.keys() - before.keys()])


def _removed(path: str, field: Source, added: Iterable[Source]) -> Iterator[tuple[str, str, str]]:
    name, heir = field["name"], next((each for each in added if _renames(field, each)), None)
    if heir is not None:
        yield "renamed_field", path, f"it seems to be {heir['name']} now: keep {name}, and add the other one beside it"
    elif "default" not in field:
        yield "removed_field_without_default", path, "consumers with the older contract need it: keep it"


def _renames(old: Source, new: Source) -> bool:
    return old["name"] in new.get("aliases", []) or (old["type"], old["doc"]) == (new["type"], new["doc"])


def main(arguments: Sequence[str]) -> int:
    """Check, and print what is wrong; with `--seal`, seal what is new and otherwise right. The exit code."""
    found = check()
    if "--seal" in arguments and {each.rule for each in found} <= {"unsealed_version"}:
        print("sealed:", ", ".join(seal(HERE)) or "nothing new")
        found = check()
    for each in found:
        print(each, file=sys.stderr)
    print(f"contracts: {len(found)} rules broken" if found else "contracts: every version reads all earlier ones")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
