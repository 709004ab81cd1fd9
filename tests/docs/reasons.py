"""Why a block, or a command in it, is not run as it stands: a page may name these reasons and no others."""

from __future__ import annotations

REASONS = (
    "needs Docker, which has no engine in the tests",
    "needs Kafka Connect: tests/debezium runs it",
    "needs a server of yours",
    "needs a file that only you have",
    "a test follows the recipe",
    "a part of a program, without what is around it",
    "the pages share one stack, which is started and stopped for all of them",
    "runs until it is stopped",
    "stops the stack and starts it again",
    "takes minutes",
)
