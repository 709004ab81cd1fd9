"""Refusing a name that nothing has, with the names that exist and the one that was probably meant."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from schemas.errors import InvalidInput


def check_known(what: str, name: str, known: Iterable[str], *, field: str, there: str = "there are") -> None:
    """Raises InvalidInput unless `name` is among the `known`; `what` is said before it, for example `--stage`."""
    names = list(known)
    if name not in names:
        listed = f"; {there} {', '.join(names)}" if names else f"; {there} none yet"
        raise InvalidInput(f"{what}: {name[:100]!r} is unknown{meant(name, names)}{listed}", field=field)


def meant(name: str, known: Iterable[str]) -> str:
    """` (did you mean …?)` where a known name is close, else nothing."""
    found = closest(name, known)
    return "" if found is None else f" (did you mean {found}?)"


def closest(name: str, known: Iterable[str], *, likeness: float = 0.6) -> str | None:
    """The known name that is most like it, whatever the case; None where none is. `likeness` is 0 to 1, as difflib's."""
    by_folded = {each.casefold(): each for each in known}
    close = get_close_matches(name.casefold(), list(by_folded), n=1, cutoff=likeness)
    return by_folded[close[0]] if close else None
