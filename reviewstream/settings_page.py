"""docs/settings.md, written from the settings: `python -m reviewstream.settings_page > docs/settings.md`."""

from __future__ import annotations

from pydantic import SecretStr

from reviewstream.environment import OF_TESTS, OTHERS, PREFIX
from reviewstream.settings import Settings

INTRO = """# Settings

Every setting is an environment variable. Each also has a form with the suffix `_FILE` that names a file with the value,
for secrets: `REVIEWSTREAM_KAFKA_URL_FILE=/run/secrets/kafka`. A URL that is not set is filled in by the embedded stack
of the data directory; one that is set keeps the embedded server from starting.

Written by `python -m reviewstream.settings_page > docs/settings.md`; a test compares.

| variable | default | meaning |
|---|---|---|
"""

OTHER_NAMES = f"""
## Other names

A variable whose name begins with `{PREFIX}` and that nothing reads is refused by every command and worker, with the name
that was probably meant: a typing error would otherwise leave a default in place. These are no settings, and allowed:

| variable | what it is for |
|---|---|
""" + "".join(f"| `{name}` | {meaning} |\n" for name, meaning in OTHERS.items())

REST = f"""
So are names of the test suite ({", ".join(f"`{prefix}*`" for prefix in OF_TESTS)}), and what Kubernetes or Docker's links add for a
service so called, such as `REVIEWSTREAM_API_SERVICE_HOST` and `REVIEWSTREAM_API_PORT_80_TCP`.
"""


def render() -> str:
    """The whole page."""
    return INTRO + "".join(_row(name) for name in Settings.model_fields) + OTHER_NAMES + REST


def _row(name: str) -> str:
    field = Settings.model_fields[name]
    default = "" if field.default in {None, ""} or isinstance(field.default, SecretStr) else f"`{field.default}`"
    return f"| `{PREFIX}{name.upper()}` | {default} | {field.description} |\n"


if __name__ == "__main__":
    print(render(), end="")
