"""Run in the copy that has the step `translate`, `a_step.py URL DIRECTORY`.

A review comes to it on that database, and goes on; and a worker of that step, with scratch files in DIRECTORY, has its agent.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from eventstore.log import EventLog
from reviewstream.bootstrap import Bootstrap
from reviewstream.settings import load
from reviewstream.workers import streams
from schemas.codec import decode
from schemas.messages import DeadLetter
from streams.publishers.publisher import step_messages
from streams.runtime.app import build_app
from streams.runtime.messages import StepMessage
from streams.runtime.reviews import Change, Reviews
from streams.runtime.step_runtime import StepRuntime
from streams.topics import all_topics, step_topic
from tests.streams.making import collected, next_events

STEP = "translate"


class NoLetters:
    """A letter ends the program."""

    async def send(self, letters: Sequence[DeadLetter]) -> None:
        assert not letters


def work_for(step: str, log: EventLog) -> list[StepMessage]:
    """What the tailer sends to that step."""
    messages = step_messages(1)(log.read_after(0, 100))
    values = [each.value for each in messages if each.topic == step_topic(step)]
    return [StepMessage(0, offset, value or b"") for offset, value in enumerate(values)]


async def come_to_the_step(reviews: Reviews) -> None:
    change = collected(content="Een lekker biertje")
    while change.review.step != STEP:
        assert not await reviews.append([change])
        review = change.review.after(change.events)
        if review.step == STEP:
            return
        change = Change(review, next_events(review))


async def stepped(log: EventLog) -> dict[str, object]:
    """The step gets its messages twice, as after a crash before they were acknowledged."""
    reviews = Reviews(log)
    await come_to_the_step(reviews)
    step = importlib.import_module(f"streams.steps.{STEP}").Translate({"lekker": "tasty"})
    runtime, messages = StepRuntime(step, reviews, NoLetters()), work_for(STEP, log)
    for _ in range(2):
        await runtime.commit(await runtime.prepare(messages))
    events = log.read_after(0, 100)
    return {
        "messages": len(messages),
        "events": [event.topic for event in events],
        "content": decode(events[-1].state).content,
        "sent on": len(work_for("analytics", log)),
        "topic": step_topic(STEP) in all_topics(1),
    }


def worker(parts: Bootstrap) -> dict[str, object]:
    """The agents of a worker that is told to run the step, and the servers that it pings."""
    steps = streams.steps_of(parts.settings)
    app = build_app(streams._app_settings(parts, steps))
    for name in steps:
        streams.STEPS[name].add(parts, app)
    return {"agents": list(app.agents), "servers": streams.servers_of(steps)}


if __name__ == "__main__":
    url, directory = sys.argv[1:]
    settings = load(data_dir=Path(directory), steps=STEP, eventstore_url=url, kafka_url="kafka://127.0.0.1:1")
    with Bootstrap(settings, process="streams") as parts:
        print(json.dumps(asyncio.run(stepped(parts.event_log)) | worker(parts)))
