"""Runs a command with the index, proxy and certificates that pip is configured with: `python -m scripts.index COMMAND…`.

uv reads neither pip.conf nor PIP_* variables, so they are told to it by its own variables, which win where they are set.
Nothing is printed: an index's URL may hold a password. Imports nothing that is not there before set-up.
"""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from connectors.tls import system_authorities

SECTIONS = ("global", "install", ":env:")
"""Of pip's configuration, the later ones win."""
FOR_UV = {
    "index-url": ("UV_DEFAULT_INDEX", "UV_INDEX_URL"),
    "extra-index-url": ("UV_INDEX", "UV_EXTRA_INDEX_URL"),
    "find-links": ("UV_FIND_LINKS",),
    "trusted-host": ("UV_INSECURE_HOST",),
    "client-cert": ("SSL_CLIENT_CERT",),
    "proxy": ("ALL_PROXY", "all_proxy", "HTTPS_PROXY", "https_proxy"),
    "default-timeout": ("UV_HTTP_TIMEOUT",),
    "timeout": ("UV_HTTP_TIMEOUT",),
}
"""pip's option: uv's variable, and others that say the same."""


def main() -> None:
    command = sys.argv[1:]
    os.execvpe(command[0], command, environment(os.environ, configured()))  # noqa: S606 - it becomes that command


def environment(env: Mapping[str, str], pip: Mapping[str, str]) -> dict[str, str]:
    """`env` with what uv and pip need to reach what pip is configured to reach."""
    told = {
        names[0]: _for_uv(option, pip[option])
        for option, names in FOR_UV.items()
        if pip.get(option) and not any(env.get(name) for name in names)
    }
    return {"UV_SYSTEM_CERTS": "1", **env, **_authorities(env, pip), **told}


def _authorities(env: Mapping[str, str], pip: Mapping[str, str]) -> dict[str, str]:
    """The same for both: what the user named for pip, else what the system trusts. Old pips ask the package certifi alone."""
    named = pip.get("cert") or env.get("REQUESTS_CA_BUNDLE") or env.get("CURL_CA_BUNDLE")
    found = named or system_authorities(env)
    for_uv = "SSL_CERT_DIR" if named and Path(named).is_dir() else "SSL_CERT_FILE"
    told = {for_uv: named} if named and not env.get(for_uv) else {}
    return {**told, "PIP_CERT": found} if found else told


def configured() -> dict[str, str]:
    """What is in pip's files and PIP_* variables, by the long names of its options."""
    asked = [sys.executable, "-m", "pip", "--disable-pip-version-check", "config", "list"]
    done = subprocess.run(asked, capture_output=True, check=False, text=True)
    if done.returncode != 0:
        sys.exit(f"setup: pip cannot read its configuration; {sys.executable} -m pip config debug names its files")
    found = [line.partition("=") for line in done.stdout.splitlines()]
    options = {name: ast.literal_eval(value) for name, _, value in found if value[:1] in {"'", '"'}}
    return {
        name.removeprefix(f"{section}."): value
        for section in SECTIONS
        for name, value in options.items()
        if name.startswith(f"{section}.") and value
    }


def _for_uv(option: str, value: str) -> str:
    """A list as uv separates it: by spaces, and places to find links by commas. It fails at places that are not there."""
    if option != "find-links":
        return " ".join(value.split())
    return ",".join(place for place in value.split() if "://" in place or Path(place).exists())


if __name__ == "__main__":
    main()
