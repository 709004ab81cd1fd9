"""Becomes a server after tying its life to the parent's: `launch.py PARENT_PID SIGNAL IDENTITY ARGV...`.

Run as a script with `python -I -S`, never imported: it must start in milliseconds and must not inherit the parent's threads and
locks, as a `preexec_fn` would. IDENTITY is `same`, `map:UID` (a user namespace in which we are UID, for servers that
refuse to run as root) or `UID:GID` (become that account).
"""

import ctypes
import os
import sys
from pathlib import Path

PR_SET_PDEATHSIG = 1
CLONE_NEWUSER = 0x10000000


def checked(result: int) -> None:
    """Raise the C library's error for a call that returned less than 0."""
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def enter_user_namespace(libc: ctypes.CDLL, uid: int) -> None:
    """Continue as `uid` inside a new user namespace; outside it, files keep belonging to the account that started us."""
    outer_uid, outer_gid = os.geteuid(), os.getegid()
    checked(libc.unshare(CLONE_NEWUSER))
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{uid} {outer_uid} 1")
    Path("/proc/self/gid_map").write_text(f"{uid} {outer_gid} 1")


def become(account: str) -> None:
    """Drop to `UID:GID` for good."""
    uid, gid = (int(part) for part in account.split(":"))
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)


def main(parent: int, signal: int, identity: str, argv: list[str]) -> None:
    """Replace this process by `argv`, which dies by `signal` as soon as `parent` is gone."""
    libc = ctypes.CDLL(None, use_errno=True)
    if identity.startswith("map:"):
        enter_user_namespace(libc, int(identity.removeprefix("map:")))
    elif identity != "same":
        become(identity)
    # Only now: every change of credentials clears the signal again.
    checked(libc.prctl(PR_SET_PDEATHSIG, signal))
    if os.getppid() != parent:  # it died before we asked for the death signal
        sys.exit(f"parent {parent} is gone")
    os.execv(argv[0], argv)  # noqa: S606  # becoming the server is the point


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4:])
