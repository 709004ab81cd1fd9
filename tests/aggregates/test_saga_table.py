"""Every command in every state: + something follows, . nothing is left to do, x refused."""

from __future__ import annotations

import pytest

from schemas.errors import NotAllowed
from tests.aggregates.making import (
    Command,
    after,
    analysing,
    collecting,
    compensating,
    counting,
    failing,
    notifying,
    reprocessing,
    retrying_now,
    storing,
    withdrawing,
)

THROUGH = (collecting(), storing(), analysing(), counting(), notifying())
COMMANDS: dict[str, Command] = {
    "collect the same": collecting(),
    "collect other content": collecting(content="Loud rooms."),
    "collect other facts": collecting(url="https://example.org/1"),
    "withdraw": withdrawing(),
    "store": storing(),
    "nlp": analysing(),
    "analytics": counting(),
    "notify": notifying(),
    "fail store": failing("store"),
    "fail nlp": failing("nlp"),
    "fail analytics": failing("analytics"),
    "fail notify": failing("notify"),
    "compensate": compensating(),
    "retry_now": retrying_now(),
    "reprocess by v1": reprocessing("v1"),
    "reprocess by v2": reprocessing("v2"),
}
STATES: dict[str, tuple[tuple[Command, ...], str]] = {
    # same other | facts withdraw | store nlp analytics notify | fail: the same four | compensate retry | reprocess v1 v2
    "never collected": ((), "++ +. xxxx xxxx .x xx"),
    "waits for store": (THROUGH[:1], ".+ ++ +xxx +xxx .x xx"),
    "waits for nlp": (THROUGH[:2], ".+ ++ .+xx x+xx .x xx"),
    "waits for analytics": (THROUGH[:3], ".+ ++ ..+x xx+x .x .x"),
    "waits for notify": (THROUGH[:4], ".+ ++ ...+ xxx+ .x .x"),
    "done": (THROUGH, ".+ ++ .... xxxx .x .+"),
    "failed at store": ((*THROUGH[:1], failing("store")), ".+ ++ xxxx .xxx ++ xx"),
    "failed at nlp": ((*THROUGH[:2], failing("nlp")), ".+ ++ xxxx x.xx ++ xx"),
    "failed at analytics": ((*THROUGH[:3], failing("analytics")), ".+ ++ xxxx xx.x ++ .x"),
    "failed at notify": ((*THROUGH[:4], failing("notify")), ".+ ++ xxxx xxx. ++ .x"),
    "retries store": ((*THROUGH[:1], failing("store"), compensating()), ".+ ++ +xxx +xxx .+ xx"),
    "retries nlp": ((*THROUGH[:2], failing("nlp"), compensating()), ".+ ++ .+xx x+xx .+ xx"),
    "retries analytics": ((*THROUGH[:3], failing("analytics"), compensating()), ".+ ++ ..+x xx+x .+ .x"),
    "retries notify": ((*THROUGH[:4], failing("notify"), compensating()), ".+ ++ ..+x xx+x .+ .x"),
    "abandoned": ((*THROUGH[:2], failing("nlp"), compensating(1)), ".+ ++ xxxx xxxx .+ xx"),
    "reprocessing": ((*THROUGH, reprocessing("v2")), ".+ ++ ..xx x+xx .x x."),
    "failed to reprocess": ((*THROUGH, reprocessing("v2"), failing("nlp")), ".+ ++ xxxx x.xx ++ x."),
    "reprocessed": (
        (*THROUGH, reprocessing("v2"), analysing(version="v2"), counting(), notifying()),
        ".+ ++ .... xxxx .x x.",
    ),
    "withdrawn": ((*THROUGH, withdrawing()), "++ +. xxxx xxxx .x .x"),
}


@pytest.mark.parametrize("state", STATES)
def test_what_each_command_comes_to(state):
    past, expected = STATES[state]
    review = after(*past)
    found = {name: _outcome(command, review) for name, command in COMMANDS.items()}
    assert found == dict(zip(COMMANDS, expected.replace(" ", ""), strict=True))


def test_every_state_of_the_saga_is_in_the_table():
    steps = {after(*past).step for past, _ in STATES.values()}
    assert steps == {"", "store", "nlp", "analytics", "notify", "done", "failed", "abandoned", "withdrawn"}


@pytest.mark.parametrize("command", ["store", "nlp", "analytics", "notify", "fail"])
@pytest.mark.parametrize("state", STATES)
def test_a_revision_that_was_not_collected_is_refused_everywhere(state, command):
    review = after(*STATES[state][0])
    ahead = {
        "store": storing(9), "nlp": analysing(9), "analytics": counting(9), "notify": notifying(9),
        "fail": failing(review.step, 9),
    }[command]  # fmt: skip
    with pytest.raises(NotAllowed, match="revision 9 of the review is not collected"):
        ahead(review)


@pytest.mark.parametrize("state", STATES)
def test_commands_of_an_older_revision_come_to_nothing(state):
    review = after(*STATES[state][0], collecting(content="A newer text."))
    older = review.revision - 1
    for command in (storing(older), analysing(older), counting(older), notifying(older), failing("store", older)):
        assert command(review) == ()


def _outcome(command: Command, review) -> str:
    try:
        return "+" if command(review) else "."
    except NotAllowed:
        return "x"
