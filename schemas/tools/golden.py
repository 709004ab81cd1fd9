"""Golden files: one stored message per schema version ever, in golden/. `python -m schemas.tools.golden` writes missing ones.

A file keeps the bytes as they stand in logs and on topics, and what they are read as: by the version that they were
written with, and by each later one. Nothing of it is ever overwritten; a new version adds its reading to the older
files, and a file of its own. The contents are invented.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from schemas.codec import decode_record, encode_with
from schemas.registry import Contract, contracts, newest
from schemas.tools.samples import sample
from schemas.upcasters import upcast

DIRECTORY = "golden"


def golden(contract: Contract) -> dict[str, Any]:
    """The golden file of a contract: `id`, `contract`, `bytes` (hex), `reads` (version: JSON of what is read)."""
    found: dict[str, Any] = json.loads(_path(contract).read_text())
    return found


def example(contract: Contract) -> Any:
    """The contract's golden bytes decoded to JSON: an example for people."""
    return golden(contract)["reads"][str(contract.version)]


def readings(contract: Contract, data: bytes) -> dict[str, Any]:
    """What these bytes of a contract are read as: by its version (as text) and by each later one."""
    _, record = decode_record(data)
    versions = range(contract.version, newest(contract.topic).version + 1)
    return {str(v): plain(upcast(contract.topic, contract.version, v, record)) for v in versions}


def plain(value: Any) -> Any:
    """A record as JSON has it: times in ISO 8601, bytes in hex."""
    if isinstance(value, Mapping):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [plain(each) for each in value]
    if isinstance(value, date):
        return value.isoformat()
    return value.hex() if isinstance(value, bytes) else value


def complete() -> list[str]:
    """Write what is missing. The names of contracts whose file is new, or has a new reading."""
    return [contract.name for contract in contracts().values() if _completed(contract)]


def _completed(contract: Contract) -> bool:
    path = _path(contract)
    is_new = not path.exists()
    data = encode_with(contract, sample(contract)) if is_new else bytes.fromhex(golden(contract)["bytes"])
    kept: dict[str, Any] = {} if is_new else golden(contract)["reads"]
    reads = readings(contract, data) | kept
    if not is_new and reads.keys() == kept.keys():
        return False
    value = {"id": contract.id, "contract": contract.name, "bytes": data.hex(), "reads": reads}
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n")
    return True


def _path(contract: Contract) -> Path:
    return contract.directory / DIRECTORY / f"{contract.name}.json"


if __name__ == "__main__":
    print("written:", ", ".join(complete()) or "nothing new")
