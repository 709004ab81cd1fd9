"""The streams worker: the Faust app with the agents of the steps that the settings name."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import cache

import faust
import structlog

from aggregates.review.retries import RetryPolicy
from connectors.kafka_offsets import GroupOffsets, Place
from reviewstream.bootstrap import Bootstrap
from reviewstream.health.guard import Guard
from reviewstream.health.pulse import Pulse
from reviewstream.health.shutdown import end_within
from reviewstream.health.steps import StepsProbe
from reviewstream.settings import PREFIX, Settings
from reviewstream.workers.guard import guard as guarded_by
from schemas.errors import InvalidInput, Unavailable
from services.notifications.delivery import Delivery
from services.tenancy.changes import TenantChanges
from streams.dead_letters.sink import DeadLetterSink
from streams.runtime.app import FAILED, AppSettings, add_collect, add_dead_letters, add_step, build_app
from streams.runtime.step import Step
from streams.runtime.step_runtime import StepRuntime
from streams.steps.analytics import Analytics
from streams.steps.calibrations import TenantCalibrations
from streams.steps.compensate import Compensate
from streams.steps.inbound_topic import recognise, replaced
from streams.steps.nlp import Nlp
from streams.steps.notify import Notify
from streams.steps.store_raw import Store
from streams.topic_models.models import TopicModels
from streams.topics import DEADLETTER, GROUP, INBOUND, step_topic
from telemetry.gc_tuning import freeze_gc

log = structlog.get_logger(__name__)
Preparing = Future[None]
CHECK_SECONDS = 15.0
"""Seconds between checks that the inbound topic is still the same."""
NLP_TAKE = 8
"""Messages a batch: NLP takes long, so several smaller batches are in flight instead of one large one."""


@dataclass(frozen=True, slots=True)
class Agent:
    """How the app gets a step's agent.

    `add` adds it, and answers with what is still being prepared then, if anything; the worker is ready after that.
    `servers` are those that the step relies on beside event log and Kafka. Its messages come from `topic`, or else from the
    step's own.
    """

    add: Callable[[Bootstrap, faust.App], Preparing | None]
    servers: tuple[str, ...] = ()
    topic: str | None = None


def saga_step(build: Callable[[Bootstrap], Step], *servers: str) -> Agent:
    """The agent of a step that takes the usual batches, one after the other."""
    return Agent(lambda parts, app: _add(parts, app, build(parts)), servers)


def run(parts: Bootstrap) -> None:
    """Run the agents until SIGTERM or SIGINT. Exits the process, non-zero when an agent failed."""
    steps = steps_of(parts.settings)
    app = build_app(_app_settings(parts, steps))
    pulse = Pulse()
    app.task(on_leader=False)(pulse.run)
    guard = _guard(parts, app, steps, pulse)
    announcing: list[asyncio.Task[None]] = []
    preparing = [begun for name in steps if (begun := STEPS[name].add(parts, app))]
    if follows_tenants(parts.settings, steps):
        changes = TenantChanges(parts.settings.url("kafka"), parts.saga.directory)
        changes.start()
        parts.closing.callback(changes.stop)

    def _initialised(*_: object, **__: object) -> None:
        """Nothing to do: the hook keeps Faust from replacing our logging."""

    async def _assigned(*_: object, **__: object) -> None:
        if not announcing:  # later assignments are rebalances
            announcing.append(app.loop.create_task(_announce(app, preparing, guard)))

    app.on_worker_init.connect(_initialised, weak=False)
    app.on_partitions_assigned.connect(_assigned, weak=False)
    worker = faust.Worker(
        app, loglevel=None, logging_config=None, override_logging=False, redirect_stdouts=False, quiet=True
    )
    worker.spinner = None  # `quiet` leaves it: it writes a terminal's control codes between the lines of the log
    end_within(
        lambda: bool(worker.should_stop or app.should_stop),
        at_once=guard.stopping,
        at_last=lambda: _commit(app),
        code=lambda: FAILED if app.crashed or worker.crashed else 0,
    )
    worker.execute_from_commandline()


def _commit(app: faust.App) -> None:
    """Commit what is acknowledged, so that it is not repeated: Faust itself commits only every second while it waits."""
    with suppress(Exception):  # however it fails, the process ends now
        asyncio.run_coroutine_threadsafe(app.consumer.commit(), app.loop).result(timeout=0.8)


@cache
def _inbound_topic(parts: Bootstrap) -> str:
    """The id of the inbound topic, known to the ledger from now on."""
    return recognise(parts.settings.url("kafka"), parts.ledger, group_of(steps_of(parts.settings)))


def _instance(parts: Bootstrap, steps: list[str]) -> str:
    """A returning static member keeps its assignment, which was empty while the topic was gone: so a new topic makes another.

    Before the app is built: Faust warns of settings that change afterwards.
    """
    topic = [_inbound_topic(parts)] if "collect" in steps else []
    number = os.environ.get("REVIEWSTREAM_INSTANCE", "1")
    return "-".join([group_of(steps), number, *("".join(filter(str.isalnum, each)) for each in topic)])


def _app_settings(parts: Bootstrap, steps: list[str]) -> AppSettings:
    group = group_of(steps)
    parts.settings.data_dir.mkdir(parents=True, exist_ok=True)  # Faust creates its own directory, but not its parents
    return AppSettings(
        kafka_url=parts.settings.url("kafka"),
        app_id=group,
        instance=_instance(parts, steps),
        data_dir=str(parts.settings.data_dir / "faust"),
        partitions=parts.settings.partitions,
    )


def _guard(parts: Bootstrap, app: faust.App, steps: list[str], pulse: Pulse) -> Guard:
    topics = {step: STEPS[step].topic or step_topic(step) for step in steps}
    probe = StepsProbe(
        GroupOffsets(parts.settings.url("kafka"), group_of(steps), list(topics.values())),
        topics,
        pulse=pulse,
        assigned=lambda: _assigned_to(app),
        analysing=lambda: parts.saga.analysis_pool.process_ids() if "nlp" in steps else (),
    )
    return guarded_by(parts, servers=servers_of(steps), probe=probe, alive=pulse.problem)


def _assigned_to(app: faust.App) -> set[Place]:
    """The partitions assigned to this worker. Faust creates its consumer on first access, so not before the start."""
    return {(place.topic, place.partition) for place in app.consumer.assignment()}


def steps_of(settings: Settings) -> list[str]:
    """The steps that this worker runs. Raises InvalidInput for one that there is not."""
    named = [name.strip() for name in settings.steps.split(",")]
    if unknown := [name for name in named if name not in STEPS]:
        why = f"{PREFIX}STEPS: there is no step {unknown[0]!r}; choose from {', '.join(STEPS)}"
        raise InvalidInput(why, field="steps")
    return named


def servers_of(steps: Collection[str]) -> list[str]:
    """The servers that these steps rely on."""
    return list(dict.fromkeys(each for step in steps for each in ("eventstore", "kafka", *STEPS[step].servers)))


def group_of(steps: list[str]) -> str:
    """The consumer group: one for each set of steps.

    A static member that returns with other topics would keep its old partitions, and the new ones would have no consumer.
    A new group starts at the beginning of a topic and skips what is done already.
    """
    return GROUP if set(steps) == set(STEPS) else "-".join([GROUP, *sorted(steps)])


def follows_tenants(settings: Settings, steps: Collection[str]) -> bool:
    """Whether changed tenants are evicted from the cache at once: if they are captured, and a step caches them."""
    return bool(settings.connect_url) and "tenancy" in servers_of(steps)


def _add(parts: Bootstrap, app: faust.App, step: Step, *, take: int = 64, depth: int = 1) -> None:
    add_step(app, StepRuntime(step, parts.reviews, parts.saga.dead_letter_producer), take=take, depth=depth)


def _delivery(parts: Bootstrap) -> Delivery:
    delivery = Delivery(parts.saga.channels)
    parts.closing.callback(delivery.close)
    return delivery


def _retries(parts: Bootstrap) -> RetryPolicy:
    settings = parts.settings
    return RetryPolicy(
        max_attempts=settings.retry_attempts,
        backoff=timedelta(seconds=settings.retry_backoff_seconds),
        longest=timedelta(seconds=settings.retry_longest_seconds),
    )


def _compensate(parts: Bootstrap) -> Compensate:
    retries = _retries(parts)
    return Compensate(max_attempts=retries.max_attempts, backoff=retries.backoff, longest=retries.longest)


def _add_nlp(parts: Bootstrap, app: faust.App) -> Preparing:
    """Load the models while the app starts and joins its group; texts that come earlier wait."""
    pool = parts.saga.analysis_pool
    step = Nlp(pool, parts.saga.profiles, TenantCalibrations(parts.event_log))
    _add(parts, app, step, take=NLP_TAKE, depth=parts.settings.nlp_in_flight)
    starter = ThreadPoolExecutor(1, thread_name_prefix="analysis-pool")
    parts.closing.callback(starter.shutdown, wait=False)
    return starter.submit(pool.start)


def _add_dead_letters(parts: Bootstrap, app: faust.App) -> None:
    add_dead_letters(app, DeadLetterSink(parts.dead_letters))


def _add_collect(parts: Bootstrap, app: faust.App) -> None:
    url = parts.settings.url("kafka")
    topic_id = _inbound_topic(parts)
    add_collect(app, parts.saga.collect(topic_id))

    async def _check() -> None:
        if await asyncio.to_thread(replaced, url, topic_id):
            log.error("inbound.replaced", topic_id=topic_id)
            await app.crash(Unavailable(f"{INBOUND} was recreated; the worker restarts to count it from the beginning"))

    app.timer(interval=CHECK_SECONDS)(_check)


async def _announce(app: faust.App, preparing: list[Preparing], guard: Guard) -> None:
    """Announce once everything is loaded; a failure to load ends the process."""
    try:
        await asyncio.gather(*map(asyncio.wrap_future, preparing))
    except Exception as error:
        log.exception("worker.start_failed")
        await app.crash(error)
    else:
        freeze_gc()
        guard.announce()


STEPS: Mapping[str, Agent] = {
    "collect": Agent(_add_collect, ("tenancy",), INBOUND),
    "store": saga_step(lambda parts: Store(parts.raw_reviews), "mongo"),
    "nlp": Agent(_add_nlp),
    "analytics": saga_step(lambda parts: Analytics(TopicModels(parts.event_log))),
    "notify": saga_step(lambda parts: Notify(parts.saga.directory, _delivery(parts), _retries(parts)), "tenancy"),
    "compensate": saga_step(_compensate),
    "deadletters": Agent(_add_dead_letters, ("readmodels",), DEADLETTER),
}
"""What a streams worker may run: the steps of the saga, the public entrance, and what keeps dead letters."""
