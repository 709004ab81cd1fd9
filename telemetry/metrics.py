"""Every metric of the workers, in one registry per process. docs/operations.md lists them, and a test compares.

Labels are few and come from the code (steps, subscriptions, reasons), never from tenants, reviews or publishers.
"""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.gc_collector import GCCollector
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector

from telemetry.pool_metrics import PoolCollector

REGISTRY = CollectorRegistry(auto_describe=True)
ProcessCollector(registry=REGISTRY)
PlatformCollector(registry=REGISTRY)
GCCollector(registry=REGISTRY)
REGISTRY.register(PoolCollector())

BATCH_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120)
LOOP_SECONDS = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)

SUBSCRIPTION_EVENTS = Counter(
    "reviewstream_subscription_events_total",
    "Events of the log that a subscription handled.",
    ["subscription"],
    registry=REGISTRY,
)
SUBSCRIPTION_BATCH = Histogram(
    "reviewstream_subscription_batch_seconds",
    "Time to handle one batch of events durably.",
    ["subscription"],
    registry=REGISTRY,
    buckets=BATCH_SECONDS,
)
SUBSCRIPTION_LAG = Gauge(
    "reviewstream_subscription_lag_events",
    "Events between a subscription's position and the head of the log.",
    ["subscription"],
    registry=REGISTRY,
)
SLOT_BYTES = Gauge(
    "reviewstream_replication_slot_bytes",
    "Bytes of WAL that PostgreSQL retains for a slot of change capture.",
    ["slot"],
    registry=REGISTRY,
)
SLOT_LOST = Gauge(
    "reviewstream_replication_slot_lost",
    "1 where PostgreSQL invalidated a slot that retained too much WAL: its connector cannot continue.",
    ["slot"],
    registry=REGISTRY,
)
CHANGE_STREAM_DOCUMENTS = Counter(
    "reviewstream_change_stream_documents_total",
    "Documents of other clients that a change-stream consumer published, repeats included.",
    ["collection"],
    registry=REGISTRY,
)
CHANGE_STREAM_RESYNCS = Counter(
    "reviewstream_change_stream_resyncs_total",
    "Full scans of a collection, for lack of a token that the server can resume from.",
    ["collection"],
    registry=REGISTRY,
)
PART_FAILING = Gauge(
    "reviewstream_part_failing",
    "1 while a part of the tailer fails with an error that needs somebody; its other parts continue.",
    ["part"],
    registry=REGISTRY,
)
INBOUND_ITEMS = Counter(
    "reviewstream_inbound_items_total",
    "Items that the collect step counted, by what became of them, as the inbound ledger does.",
    ["outcome"],
    registry=REGISTRY,
)
STEP_REVIEWS = Counter(
    "reviewstream_step_reviews_total", "Reviews that a step finished, successfully or not.", ["step"], registry=REGISTRY
)
STEP_FAILURES = Counter(
    "reviewstream_step_failures_total", "Reviews whose step failed permanently.", ["step"], registry=REGISTRY
)
STEP_BATCH = Histogram(
    "reviewstream_step_batch_seconds",
    "Time of one batch of a step: `prepare` makes its effect durable, `commit` appends its events.",
    ["step", "phase"],
    registry=REGISTRY,
    buckets=BATCH_SECONDS,
)
STEP_LAG = Gauge(
    "reviewstream_step_lag_messages",
    "Messages in a step's topic that its group has not committed; one packs up to 64 reviews.",
    ["step"],
    registry=REGISTRY,
)
RETRIES = Counter("reviewstream_retries_total", "Calls retried after a transient failure.", ["what"], registry=REGISTRY)
DEAD_LETTERS = Counter(
    "reviewstream_dead_letters_total", "Messages sent to the dead letters.", ["stage", "reason"], registry=REGISTRY
)
NOTIFICATIONS = Counter(
    "reviewstream_notifications_total",
    "Attempts to deliver a notification: delivered, retry_later or given_up.",
    ["channel", "outcome"],
    registry=REGISTRY,
)
NOTIFICATIONS_PUT_OFF = Counter(
    "reviewstream_notifications_put_off_total",
    "Notifications that were not handed to their channel: its threads were taken, or its call before has not ended.",
    ["channel", "reason"],
    registry=REGISTRY,
)
PARKED = Counter(
    "reviewstream_streams_parked_total",
    "Streams parked behind an event that could not be handled.",
    ["by"],
    registry=REGISTRY,
)
CACHE_LOOKUPS = Counter(
    "reviewstream_review_cache_lookups_total",
    "Look-ups of reviews in the process's cache, by result.",
    ["result"],
    registry=REGISTRY,
)
NLP_QUEUE = Gauge(
    "reviewstream_nlp_queue_texts", "Texts in the analysis pool that are not analysed yet.", registry=REGISTRY
)
LOOP_LAG = Histogram(
    "reviewstream_event_loop_lag_seconds",
    "How late the event loop woke a sleeper.",
    registry=REGISTRY,
    buckets=LOOP_SECONDS,
)
SERVER_UP = Gauge(
    "reviewstream_server_up", "1 while a server that this process relies on answers.", ["server"], registry=REGISTRY
)
STANDSTILL = Gauge(
    "reviewstream_standstill_seconds",
    "How long work has waited without progress; the watchdog ends the process at its limit.",
    ["what"],
    registry=REGISTRY,
)
