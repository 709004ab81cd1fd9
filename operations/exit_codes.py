"""The exit codes of every command, in one table. docs/operations.md is written from it, and a test walks all commands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

ANSWERED = "answered, also where nothing was found"
ASKED = "a server or the stack does not answer"
EDITED = "changed, as it was already, or shown (`--dry-run`)"
NOT_EDITED = f"the topics do not allow it; somebody else changed them meanwhile; {ASKED}"

COMMANDS: Mapping[str, tuple[str, str]] = {
    "up": (
        "stopped in order by a signal; with `--detach`: everything is ready, even if it says that something is LOST",
        "a server or worker did not start, another stack runs, or the event log is lost",
    ),
    "down": ("stopped, or nothing was running", "it did not stop"),
    "restart": ("running again", "nothing runs, or it was not ready in time"),
    "status": ("all is well", f"something is in trouble, or lost; {ASKED}; `--watch` was interrupted"),
    "logs": (ANSWERED, "the logs cannot be read"),
    "find": ("found", f"not found; {ASKED}"),
    "doctor": ("no problem, perhaps warnings", "a problem: a worker would fail, or something is lost"),
    "demo": ("every count was as expected", "a count was not, or a server did not start"),
    "tenant create": ("registered, or known already with `--exist-ok`", ASKED),
    "tenant list": (ANSWERED, ASKED),
    "tenant configure": ("changed", ASKED),
    "publish": (
        "rows were accepted or known already, even if others were rejected; with `--no-wait`: the broker has every row; with `--dry-run`: rows are valid",
        "every row was rejected, or would be (`--dry-run`); no worker validates them (they are safe in Kafka); a server does not answer",
    ),
    "inspect": ("shown, and `publish` would send it", "-"),
    "query reviews": (ANSWERED, ASKED),
    "query review": (ANSWERED, ASKED),
    "query metrics": (ANSWERED, ASKED),
    "query trends": (ANSWERED, f"topics are not counted yet; {ASKED}"),
    "query alarms": (ANSWERED, ASKED),
    "query entities": (ANSWERED, ASKED),
    "query keywords": (ANSWERED, ASKED),
    "query aspects": (ANSWERED, ASKED),
    "query failures": (ANSWERED, ASKED),
    "query evaluate": (ANSWERED, ASKED),
    "evaluate": (ANSWERED, ASKED),
    "feedback add": ("noted, or known already", f"the review is not complete; {ASKED}"),
    "feedback list": (ANSWERED, ASKED),
    "feedback withdraw": ("taken back", f"there is none by that user; {ASKED}"),
    "feedback import": ("every row added, or known already", f"a row was refused, and the others are added; {ASKED}"),
    "calibration set": ("it holds from now on, or did already", f"somebody else changed it meanwhile; {ASKED}"),
    "calibration show": (ANSWERED, ASKED),
    "calibration clear": ("none holds from now on", f"there was none; {ASKED}"),
    "alarms detect": (
        "judged, whether or not an alarm was raised",
        f"the analytics lack reviews of that day; {ASKED}",
    ),
    "query similar": (ANSWERED, ASKED),
    "query search": (ANSWERED, ASKED),
    "query topics": (ANSWERED, ASKED),
    "query impact": (ANSWERED, ASKED),
    "topics fit": (
        "fitted, not grown enough, or shown (`--dry-run`)",
        "somebody else changed the topics meanwhile; interrupted",
    ),
    "topics assign": (
        "every review has its topics, or shown (`--dry-run`)",
        f"there are no topics yet; interrupted; {ASKED}",
    ),
    "topics show": (ANSWERED, ASKED),
    "topics history": (ANSWERED, ASKED),
    "topics rename": (EDITED, NOT_EDITED),
    "topics merge": (EDITED, NOT_EDITED),
    "topics split": (EDITED, NOT_EDITED),
    "topics move": (EDITED, NOT_EDITED),
    "topics hide": (EDITED, NOT_EDITED),
    "topics pin": (EDITED, NOT_EDITED),
    "topics example": (EDITED, NOT_EDITED),
    "topics undo": (EDITED, NOT_EDITED),
    "replay": (
        "switched, repaired, published, paused or shown",
        "the new version differs; nothing to pause, resume or go back to; another replay runs; interrupted",
    ),
    "reprocess": (
        "all requested and analysed, or shown",
        "some could not be requested, or their analysis failed; interrupted",
    ),
    "deadletters list": (ANSWERED, ASKED),
    "deadletters show": (ANSWERED, ASKED),
    "deadletters replay": (
        "all replayed, or none were selected",
        "some could not be replayed or unparked, or would not be (`--dry-run`); the question was answered with no",
    ),
    "deadletters discard": ("all discarded, or none were selected", f"the question was answered with no; {ASKED}"),
    "schemas list": (ANSWERED, "-"),
    "schemas check": (
        "all is readable, and registered where a registry is set",
        "a rule is broken, or a contract is not registered",
    ),
    "schemas register": ("registered, or shown", "the registry refuses, or does not answer"),
    "cdc register": ("registered", "Connect does not answer, or a connector failed"),
    "cdc status": (ANSWERED, "Connect does not answer"),
    "cdc pause": ("paused", "it is not registered, or Connect does not answer"),
    "cdc resume": ("running", "it is not registered, its slot is gone, or Connect does not answer"),
    "cdc snapshot": ("asked for", "it is not registered, or Connect does not answer"),
    "cdc remove": ("removed", "Connect does not answer"),
    "verify": ("all stores agree", "they differ, or the read models do not catch up in time"),
    "recover": (
        "nothing is lost, it was built again, or shown",
        f"something is lost that only a backup brings back; the question was answered with no; {ASKED}",
    ),
    "worker": ("asked to stop, and stopped in order", "an error; 70 and 86 are in the table of workers"),
    "setup": ("everything is in place", "a store is of a newer release, or does not answer"),
    "migrate plan": (ANSWERED, ASKED),
    "migrate apply": ("everything is in place", "a store is of a newer release, or does not answer"),
    "migrate status": ("every store is as this release needs it", "something is missing or refused"),
    "settings forget": ("forgotten", "-"),
    "rotate-passwords": ("new ones are chosen at the next `up`", "the stack runs"),
    "urls": ("printed", "no stack runs on the data directory"),
}
"""Command: what 0 and what 1 mean. 2 is wrong usage everywhere: options, arguments, input files and settings that are refused."""


def rows() -> Iterator[str]:
    """The rows of the page's table."""
    for command, (ok, failed) in COMMANDS.items():
        yield f"| `{command}` | {ok} | {failed} |"
