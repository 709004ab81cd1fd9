"""The entry point: dispatches to the command, turns errors into messages and exit codes."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence

import click
from rich.console import Console

from operations.error_table import FAILED, WRONG_USAGE, exit_code
from reviewstream.entry import Entry
from schemas.errors import ReviewstreamError
from telemetry.error_text import call_chain, plain_text

# Command: the module that holds it, imported only when it is used, so that `--help` is fast.
COMMANDS = {
    "up": "reviewstream.commands.stack",
    "down": "reviewstream.commands.stack",
    "restart": "reviewstream.commands.restart",
    "status": "cli.status",
    "doctor": "reviewstream.commands.doctor",
    "demo": "reviewstream.commands.demo",
    "tenant": "cli.tenant",
    "publish": "cli.publish",
    "inspect": "cli.inspect",
    "query": "cli.query",
    "evaluate": "cli.evaluate",
    "feedback": "cli.feedback",
    "calibration": "cli.calibration",
    "alarms": "cli.alarms",
    "topics": "cli.topics",
    "replay": "cli.replay",
    "reprocess": "cli.reprocess",
    "deadletters": "cli.dead_letters",
    "schemas": "cli.schemas",
    "cdc": "cli.cdc",
    "find": "cli.find",
    "logs": "cli.logs",
    "verify": "cli.verify",
    "recover": "cli.recover",
    "worker": "reviewstream.commands.worker",
    "setup": "reviewstream.commands.stack",
    "migrate": "cli.migrate",
    "urls": "reviewstream.commands.urls",
    "settings": "reviewstream.commands.settings",
    "rotate-passwords": "reviewstream.commands.passwords",
}

LAST = 3
"""Places in the code that are named for an error which is not ours."""


class Lazy(click.Group):
    """A group whose commands live in modules of their own."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands in the order of COMMANDS."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, imported now."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(COMMANDS[cmd_name])
        command: click.Command = getattr(module, cmd_name.replace("-", "_"))
        return command


@click.group(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="reviewstream")
def cli() -> None:
    """Reviews in, insight out: an event-sourced review pipeline."""


def main(argv: Sequence[str] | None = None) -> None:
    """Run the command line, `argv` or that of the process; never shows a traceback for a ReviewstreamError."""
    try:
        cli(argv, standalone_mode=False, obj=Entry())
    except click.ClickException as error:
        error.show()
        sys.exit(WRONG_USAGE)
    except (click.Abort, KeyboardInterrupt):
        _print_error("stopped")
        sys.exit(FAILED)
    except ReviewstreamError as error:
        _print_error(str(error))
        sys.exit(exit_code(error))
    except Exception as error:  # noqa: BLE001 - a traceback would quote whatever a driver quotes
        _print_error(f"{plain_text(error)} (at {', '.join(call_chain(error)[-LAST:])})")
        sys.exit(FAILED)


def _print_error(text: str) -> None:
    Console(stderr=True, highlight=False).print(f"reviewstream: {text}", markup=False, soft_wrap=True)
