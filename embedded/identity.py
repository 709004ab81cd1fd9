"""The account that a server runs as. PostgreSQL refuses root, so root gives it a user namespace, or else another account."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from pathlib import Path

from embedded.datadir import PASSABLE
from embedded.process import launch_argv
from schemas.errors import Unavailable

NAMESPACE = "map:1000"
ACCOUNTS = ("postgres", "nobody")


def unprivileged_identity(directory: Path) -> str:
    """An identity for launch.py that is not root and may write `directory`."""
    if os.geteuid() != 0:
        return "same"
    if _may(NAMESPACE, "-w", directory):
        return NAMESPACE  # files stay root's, modes stay 0700
    return _account_identity(directory)


def _account_identity(directory: Path) -> str:
    """Give the directory to an unprivileged account. Its parent becomes passable (0711), still not listable."""
    account = next((entry for entry in pwd.getpwall() if entry.pw_name in ACCOUNTS), None)
    if account is None:
        raise Unavailable(
            f"PostgreSQL does not run as root and there is no account {' or '.join(ACCOUNTS)}; run as an ordinary user"
        )
    identity = f"{account.pw_uid}:{account.pw_gid}"
    directory.parent.chmod(PASSABLE)
    if not _may(identity, "-x", directory.parent):
        raise Unavailable(
            f"PostgreSQL does not run as root, user namespaces are not allowed here, and the account {account.pw_name} cannot "
            f"reach {directory}; run as an ordinary user, or choose a data directory under a path that all accounts may enter"
        )
    for path in (directory, *directory.rglob("*")):
        shutil.chown(path, account.pw_uid, account.pw_gid)
    return identity


def _may(identity: str, access: str, directory: Path) -> bool:
    """Whether launch.py can assume the identity, it is not root, and it has `access` (`-x`, `-w`) to the directory."""
    argv = launch_argv(
        ["/bin/sh", "-c", f'test "$(id -u)" != 0 && test {access} "$0"', str(directory)], identity=identity
    )
    return subprocess.run(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False).returncode == 0
