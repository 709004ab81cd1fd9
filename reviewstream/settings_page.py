"""docs/settings.md, written from the settings: `python -m reviewstream.settings_page > docs/settings.md`."""

from __future__ import annotations

from pydantic import SecretStr

from reviewstream.settings import PREFIX, Settings

INTRO = """# Settings

Every setting is an environment variable. Each also has a form with the suffix `_FILE` that names a file with the value,
for secrets: `REVIEWSTREAM_KAFKA_URL_FILE=/run/secrets/kafka`. A URL that is not set is filled in by the embedded stack
of the data directory; one that is set keeps the embedded server from starting.

Written by `python -m reviewstream.settings_page > docs/settings.md`; a test compares.

| variable | default | meaning |
|---|---|---|
"""

PROCESSES = """
Two variables concern a single process: `REVIEWSTREAM_READY_FILE` names a file that a worker creates
when it is ready, for a supervisor that waits; `REVIEWSTREAM_INSTANCE` is the worker's id in its consumer group, which
must differ between workers that run the same steps.

Two more are for tests of what a failure does, and cost nothing unless set: `REVIEWSTREAM_FAILPOINTS` names points at which
a worker crashes, fails or waits, `REVIEWSTREAM_FAILPOINTS_DIR` a directory with such a plan that may change while workers
run. [reliability.md](reliability.md) has their form and the list of points.
"""


def render() -> str:
    """The whole page."""
    return INTRO + "".join(_row(name) for name in Settings.model_fields) + PROCESSES


def _row(name: str) -> str:
    field = Settings.model_fields[name]
    default = "" if field.default in {None, ""} or isinstance(field.default, SecretStr) else f"`{field.default}`"
    return f"| `{PREFIX}{name.upper()}` | {default} | {field.description} |\n"


if __name__ == "__main__":
    print(render(), end="")
