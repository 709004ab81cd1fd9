"""One JSON value put together from the events of a parser."""

from __future__ import annotations

import math
from decimal import Decimal

from sources.files.json_rows import MAX_DEPTH

_STARTS = {"start_map": dict, "start_array": list}
_ENDS = frozenset({"end_map", "end_array"})


class Tree:
    """Takes events until the value is whole. `problem` is what strict JSON would refuse in it."""

    def __init__(self) -> None:
        self.value: object = None
        self.problem: str | None = None
        self.extended = False
        """Whether a name begins with a dollar sign, as those of MongoDB's Extended JSON do."""
        self._open: list[dict[str, object] | list[object]] = []
        self._keys: list[str] = []
        self._depth = 0

    def take(self, event: str, value: object) -> bool:
        """Whether the value is whole now."""
        if event == "map_key":
            self._key(str(value))
        elif event in _STARTS:
            self._depth += 1
            self._start(_STARTS[event]())
        elif event in _ENDS:
            if self._depth <= MAX_DEPTH and isinstance(self._open.pop(), dict):
                self._keys.pop()
            self._depth -= 1
        else:
            self._put(self._finite(value) if isinstance(value, Decimal) else value)
        return self._depth == 0

    def _start(self, container: dict[str, object] | list[object]) -> None:
        if self._depth > MAX_DEPTH:
            self.problem = f"nested deeper than {MAX_DEPTH} levels"
            return
        self._put(container)
        self._open.append(container)
        if isinstance(container, dict):
            self._keys.append("")

    def _key(self, name: str) -> None:
        if self._depth > MAX_DEPTH:
            return
        container = self._open[-1]
        self.extended = self.extended or name.startswith("$")
        if name in container:
            self.problem = "an object has the same key twice; keep one"
        self._keys[-1] = name

    def _put(self, value: object) -> None:
        if self._depth > MAX_DEPTH:
            return
        if not self._open:
            self.value = value
        elif isinstance(self._open[-1], dict):
            self._open[-1][self._keys[-1]] = value
        else:
            self._open[-1].append(value)

    def _finite(self, value: Decimal) -> float:
        number = float(value)
        if not math.isfinite(number):
            self.problem = "a number is out of range"
        return number
