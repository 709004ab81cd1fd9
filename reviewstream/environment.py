"""Names in the environment that begin with REVIEWSTREAM_: one that nothing reads is a typing error, and refused."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping

from schemas.errors import InvalidInput
from schemas.known import closest

PREFIX = "REVIEWSTREAM_"

OTHERS: Mapping[str, str] = {
    "REVIEWSTREAM_READY_FILE": "A file that a worker creates when it is ready, for a supervisor that waits.",
    "REVIEWSTREAM_INSTANCE": "The worker's id in its consumer group, which must differ between workers that run the same steps.",
    "REVIEWSTREAM_FAILPOINTS": "For tests of what a failure does: points at which a worker crashes, fails or waits "
    "([reliability.md](reliability.md) has their form). Costs nothing unless set.",
    "REVIEWSTREAM_FAILPOINTS_DIR": "The same: a directory with such a plan, which may change while workers run.",
}
"""Names that are no settings but concern a single process, and what they are for."""

OF_TESTS = ("REVIEWSTREAM_TEST_", "REVIEWSTREAM_PROPERTY_", "REVIEWSTREAM_FAULT_")
"""What the names of variables of the test suite begin with; the product reads none of them."""

SERVICE = re.compile(r"(.+)_(SERVICE_HOST|SERVICE_PORT(_\w+)?|PORT(_\d+_(TCP|UDP)(_(PROTO|PORT|ADDR))?)?)")
"""What Kubernetes and Docker's links give to every container of a namespace that has a service so called."""


def check_names(environ: Mapping[str, str], settings: Collection[str]) -> None:
    """Raises InvalidInput for names that nothing reads; `settings` are the names of the settings in lower case.

    A setting's own name may have any case, as for pydantic; the names of files may not.
    """
    variables = [f"{PREFIX}{name.upper()}" for name in settings]
    known = {*variables, *(f"{name}_FILE" for name in variables), *OTHERS}
    unknown = sorted(name for name in _ours(environ) if name not in known and name.upper() not in variables)
    if unknown:
        first, *more = unknown
        near = closest(first[len(PREFIX) :], (name.removeprefix(PREFIX) for name in known))
        similar = f" (did you mean {PREFIX}{near}?)" if near else ""
        exist = (
            "docs/settings.md lists all"
            if similar
            else f"there are {', '.join(sorted(variables))}, each also with _FILE"
        )
        also = f" Also unknown: {', '.join(more)}." if more else ""
        raise InvalidInput(
            f"{first}: no setting has this name{similar}; {exist}. Unset it or correct it.{also}", field=first
        )


def _ours(environ: Mapping[str, str]) -> Iterator[str]:
    """The names that begin as ours do, without those of tests and of services of an orchestrator."""
    for name in environ:
        if name.upper().startswith(PREFIX) and not name.startswith(OF_TESTS) and not _is_service(name, environ):
            yield name


def _is_service(name: str, environ: Mapping[str, str]) -> bool:
    found = SERVICE.fullmatch(name)
    return found is not None and (f"{found[1]}_SERVICE_HOST" in environ or f"{found[1]}_PORT" in environ)
