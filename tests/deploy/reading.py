"""The files of a deployment as data. Nothing here is started: there is no Docker engine where the tests run."""

from __future__ import annotations

import json
import re
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
Compose = dict[str, Any]


class _Loader(yaml.SafeLoader):
    """Compose's own tags of override files."""


_Loader.add_constructor("!reset", lambda loader, node: loader.construct_mapping(node))


def compose(name: str = "docker-compose.yml") -> Compose:
    """A compose file, with anchors and merges resolved."""
    return yaml.load((ROOT / name).read_text(), _Loader)


def ours(services: Compose) -> dict[str, Any]:
    """The services that run our image."""
    return {name: each for name, each in services.items() if "build" in each}


def workers(services: Compose, kind: str) -> dict[str, dict[str, str]]:
    """The environment of each service that runs `worker KIND`."""
    return {name: each["environment"] for name, each in services.items() if each.get("command") == ["worker", kind]}


def default(value: str) -> str:
    """What a value is when the operator sets nothing: `${NAME:-this}`."""
    return re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", str(value))


@cache
def dockerfile() -> list[tuple[str, str]]:
    """Instruction and arguments, with continued lines joined and comments gone."""
    lines = [line for line in (ROOT / "Dockerfile").read_text().splitlines() if not line.startswith("#")]
    joined = re.sub(r"\s*\\\n\s*", " ", "\n".join(lines))
    return [tuple(line.split(maxsplit=1)) for line in joined.splitlines() if line.strip()]  # type: ignore[misc]


@cache
def pins(name: str) -> dict[str, str]:
    """Package: version, as a requirements file has them."""
    return dict(
        re.findall(r"^([a-zA-Z0-9._-]+)==([^\s;]+)", (ROOT / "requirements" / f"{name}.txt").read_text(), re.MULTILINE)
    )


@cache
def specification() -> dict[str, Any]:
    """The compose specification's JSON schema, as check-jsonschema ships it."""
    spec = find_spec("check_jsonschema")
    assert spec is not None, "make setup-dev installs check-jsonschema"
    vendored = Path(next(iter(spec.submodule_search_locations or ()))) / "builtin_schemas" / "vendor"
    return json.loads((vendored / "compose-spec.json").read_text())
