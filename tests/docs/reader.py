"""Somebody who reads a page from its beginning and tries all that it shows."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import dataclass, field

from tests.docs.library import Library
from tests.docs.pages import Block, Command, blocks
from tests.docs.shell import LIMIT, Shell, environment
from tests.docs.values import addressed, filled

DRY = {
    r"^make ": "make -n ",
    r"^(\S+python -m pytest .*)": r"\1 --collect-only -q",
}
"""How a command only says what it would do."""


def dry(command: str) -> str:
    """The command in its form that does nothing."""
    form = next((pattern for pattern in DRY if re.match(pattern, command)), None)
    assert form, f"{command}: cannot be run dry"
    return re.sub(form, DRY[form], command)


@dataclass
class Reader:
    """Of one page, with a shell."""

    page: str
    shell: Shell
    library: Library
    tried: set[Block] = field(default_factory=set)

    def tries(self, block: Block) -> None:
        """Run it, and what stands above it unless that has been tried; of the long blocks this one alone.

        A command of ours that another page had word for word is not run again.
        """
        for each in blocks(self.page):
            if each == block or (each.line < block.line and each.runs and not each.long and each not in self.tried):
                self.tried.add(each)
                self._run(each)

    def _run(self, block: Block) -> None:
        if block.language == "python":
            self._program(block)
        for command in block.commands:
            if command.how != "not run" and (block.long or not self._was_seen(command)):
                self._command(command)

    def _was_seen(self, command: Command) -> bool:
        """Whether another page has it with the same outcome; what sets up a page's shell is never that."""
        first = self.library.seen.setdefault((command.text, command.exits), self.page)
        return first != self.page and command.text.startswith("reviewstream ")

    def _command(self, command: Command) -> None:
        """It exits with the code that the page says."""
        typed = filled(dry(command.text) if command.how == "run dry" else command.text, self.library)
        code, printed = self.shell.run(typed)
        assert code == command.exits, f"{typed}\nexited {code}:\n{printed[-3000:]}"

    def _program(self, block: Block) -> None:
        done = subprocess.run(
            [sys.executable, "-c", addressed(block.text, self.library)], cwd=self.library.clone, env=environment(),
            capture_output=True, text=True, timeout=LIMIT, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
