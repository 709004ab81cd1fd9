"""docs/settings.md, written from the settings: `python -m reviewstream.settings_page > docs/settings.md`."""

from __future__ import annotations

from pydantic import SecretStr

from reviewstream.environment import OF_TESTS, OTHERS, PREFIX
from reviewstream.settings import Settings

INTRO = """# Settings

Every setting is an environment variable. Each also has a form with the suffix `_FILE` that names a file with the value,
for secrets: `REVIEWSTREAM_KAFKA_URL_FILE=/run/secrets/kafka`. A URL that is not set is filled in by the embedded stack
of the data directory; one that is set keeps the embedded server from starting.

What `reviewstream up` was given is kept in the data directory (`settings.json`, for its owner only) once everything is ready: a later
`up`, worker or command from another shell then runs the same version and publisher. Values from the environment win over what is kept, and `up`
says what they change; a value that is the default ends the keeping. A variable with `_FILE` is kept as the file's name.
`REVIEWSTREAM_DATA_DIR` and `REVIEWSTREAM_ACTOR` are never kept. `reviewstream settings` shows each setting, its value without secrets, and
whether it comes from the environment, a file, an earlier `up` (kept), the running stack or the default; `reviewstream settings forget NAME`
ends the keeping of one.

`reviewstream urls` prints the URLs in use under these names, `--for kafka` the address as Kafka's clients take it, `--for` any other
server its URL with its password.

The data directory's name may have any letters in UTF-8. It is refused before anything is made where a server could not use it:
characters that one gives another meaning, no right to write, a full or read-only file system, a path of more than 900 bytes.

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
