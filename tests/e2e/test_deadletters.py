"""Dead letters as an operator works with them, by the command line on the whole stack."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any
from uuid import uuid4

import pytest

from connectors.kafka import Outgoing
from schemas.cloudevents import JSON, headers
from services.dead_letters.records import Selection
from services.inbound.ledger import OUTCOMES
from streams.topics import INBOUND
from tests.e2e.pipeline import Pipeline, wait_for
from tests.streams.making import NOW

SECRET = "The waiter, Anna Example, was rude."


def send(pipeline: Pipeline, slug: str, ids: Sequence[str], **fields: Any) -> None:
    """As a publisher without our command line: the tenant need not be registered."""
    given = {"source": "shop", "content": SECRET, "rating": 2, "published_at": "2026-09-01"}
    messages = []
    for external in ids:
        attributes = headers(
            uuid4(), "review.submitted", subject=external, time=NOW, tenant=slug, content_type=JSON,
            extensions={"runid": f"run-{slug}", "line": "1"},
        )  # fmt: skip
        value = json.dumps({**given, "external_id": external, **fields}).encode()
        messages.append(Outgoing(INBOUND, external.encode(), value, attributes))
    pipeline.parts.producer.send(messages)


def letters(pipeline: Pipeline, slug: str, count: int, state: str = "open") -> list[dict[str, Any]]:
    """The letters of a tenant, once there are so many."""
    selection = Selection(run=f"run-{slug}", state=state)  # type: ignore[arg-type]
    wait_for(lambda: len(pipeline.parts.dead_letters.find(selection)) == count, f"not {count} letters are {state}", 60)
    found: list[dict[str, Any]] = pipeline.json("deadletters", "list", "--tenant", slug, "--state", state)
    assert len(found) == count
    return found


def audit(pipeline: Pipeline, letter: dict[str, Any]) -> list[tuple[str, str]]:
    shown = pipeline.json("deadletters", "show", letter["dead_letter_id"])
    return [(entry["action"], entry["detail"]) for entry in shown["history"]]


def adds_up(pipeline: Pipeline) -> dict[str, Any]:
    found = pipeline.until_quiet()
    assert found["received"] == sum(found[name] for name in OUTCOMES)
    return found


def test_from_a_missing_tenant_to_its_reviews(pipeline: Pipeline) -> None:
    slug = f"late-{uuid4().hex[:8]}"
    send(pipeline, slug, ["1", "2"])
    first, second = letters(pipeline, slug, 2)
    assert (first["reason"], first["tenant"], first["stage"], first["state"]) == (
        "unknown_tenant",
        None,
        "inbound",
        "open",
    )
    before = adds_up(pipeline)
    assert before["open_letters"] >= 2

    dry = pipeline.run("deadletters", "replay", "--tenant", slug, "--dry-run", "--json")
    assert (dry.returncode, len(json.loads(dry.stdout)["replayed"])) == (0, 2)
    assert adds_up(pipeline) == before
    assert (letters(pipeline, slug, 2), audit(pipeline, first)) == ([first, second], [])

    pipeline.ok("tenant", "create", slug)
    done = pipeline.json("deadletters", "replay", "--id", first["dead_letter_id"], "--yes")
    selected = [{"tenant": None, "stage": "inbound", "reason": "unknown_tenant", "count": 1}]
    assert done == {"dry_run": False, "selected": selected, "replayed": [first["dead_letter_id"]], "refused": []}
    assert audit(pipeline, first) == [("replayed", "published to reviews.inbound again")]
    after = adds_up(pipeline)
    assert 0 < after["open_letters"] <= pipeline.parts.dead_letters.count_open()
    assert [after[name] - before[name] for name in ("received", "accepted", "dead_lettered")] == [1, 1, 0]
    assert len(pipeline.json("query", "reviews", "--tenant", slug)["reviews"]) == 1
    assert [letter["dead_letter_id"] for letter in letters(pipeline, slug, 1)] == [second["dead_letter_id"]]

    again = pipeline.run("deadletters", "replay", "--id", first["dead_letter_id"], "--yes")
    assert (again.returncode, b"is replayed already" in again.stderr) == (2, True)


def test_what_fails_again_is_a_new_letter_and_what_is_of_no_use_is_discarded(pipeline: Pipeline, tenant: str) -> None:
    send(pipeline, tenant, ["1"], rating=99)
    (first,) = letters(pipeline, tenant, 1)
    assert first["tenant"] == str(pipeline.parts.tenants.get(tenant).id)
    pipeline.ok("deadletters", "replay", "--tenant", tenant, "--yes", "--rate", "50")
    wait_for(
        lambda: pipeline.parts.dead_letters.find(Selection(tenants=[first["tenant"]])), "it does not fail again", 60
    )
    (second,) = letters(pipeline, tenant, 1)
    assert second["replay_of"] == first["dead_letter_id"]

    choice = ("deadletters", "discard", "--tenant", tenant, "--reason", second["reason"], "--why", "a typing error")
    assert b"would discard 1" in pipeline.run(*choice, "--dry-run").stdout
    unsure = pipeline.run(*choice)
    assert (unsure.returncode, b"--yes" in unsure.stderr) == (2, True)
    assert len(letters(pipeline, tenant, 1)) == 1
    assert pipeline.json(*choice, "--yes")["discarded"] == [second["dead_letter_id"]]
    assert audit(pipeline, second) == [("discarded", "a typing error")]
    assert letters(pipeline, tenant, 0) == []
    assert len(letters(pipeline, tenant, 1, "discarded")) == 1
    adds_up(pipeline)


def test_payloads_are_shown_only_when_asked_for_and_logged_nowhere(pipeline: Pipeline, tenant: str) -> None:
    send(pipeline, tenant, ["1"], rating=99)
    (letter,) = letters(pipeline, tenant, 1)
    shown = ("deadletters", "show", letter["dead_letter_id"])
    assert SECRET in pipeline.ok(*shown, "--payload")
    assert json.loads(pipeline.json(*shown, "--payload")["payload"])["content"] == SECRET
    for quiet in (shown, (*shown, "--json"), ("deadletters", "list"), ("deadletters", "list", "--json")):
        assert SECRET not in pipeline.ok(*quiet)
    pipeline.ok("deadletters", "replay", "--tenant", tenant, "--yes")
    adds_up(pipeline)
    logs = b"".join(path.read_bytes() for path in (pipeline.data_dir / "logs").rglob("*") if path.is_file())
    assert b"subscription.started" in logs, "the workers' logs are elsewhere"
    assert b"Anna Example" not in logs


@pytest.mark.parametrize("stage", ["projection", "publisher"])
def test_parked_streams_are_listed_and_unparked(pipeline: Pipeline, stage: str) -> None:
    assert pipeline.json("deadletters", "list", "--stage", stage) == []
    everything = pipeline.json("deadletters", "replay", "--stage", stage, "--all", "--yes")
    assert everything == {"dry_run": False, "selected": [], "parked": []}
    for unclear in ((), ("--all", f"--{stage}", "reviews" if stage == "projection" else "public")):
        done = pipeline.run("deadletters", "replay", "--stage", stage, "--yes", *unclear)
        assert (done.returncode, b"--all: " in done.stderr) == (2, True), done.stderr
    for arguments, said in (((f"--{stage}", "nothing"), b"known are"), (("--tenant", "x"), b"as a whole")):
        done = pipeline.run("deadletters", "replay", "--stage", stage, *arguments)
        assert (done.returncode, said in done.stderr) == (2, True), done.stderr
    refused = pipeline.run("deadletters", "discard", "--stage", stage, "--why", "x", "--yes")
    assert (refused.returncode, b"fix what failed" in refused.stderr) == (2, True)


PLANTED = {
    "publisher": (
        "public",
        "eventstore_pool",
        (
            "INSERT INTO streams_aside (name, stream_id, tenant_id, position, topic, error)"
            " VALUES ('public', %s, %s, %s, 'review.subscribers_notified', 'planted')"
        ),
    ),
    "projection": (
        "reviews",
        "readmodels_pool",
        (
            "INSERT INTO parked_streams (name, version, stream_id, tenant_id, position, topic, error)"
            " SELECT name, version, %s, %s, %s, 'review.subscribers_notified', 'planted'"
            " FROM projections WHERE name = 'reviews' AND state = 'live'"
        ),
    ),
}


@pytest.mark.parametrize("stage", PLANTED)
def test_a_parked_stream_comes_back(pipeline: Pipeline, tenant: str, stage: str) -> None:
    """As if an event had been refused for a reason that is gone by now."""
    name, pool, plant = PLANTED[stage]
    line = b'{"id": "1", "text": "Fine.", "rating": 4, "date": "2026-09-01"}\n'
    pipeline.ok("publish", "-", "--format", "jsonl", "--tenant", tenant, "--source", "shop", stdin=line)
    pipeline.until_quiet()
    (row,) = pipeline.json("query", "reviews", "--tenant", tenant)["reviews"]
    last = pipeline.parts.event_log.head()
    with getattr(pipeline.parts, pool).connection() as connection:
        connection.execute(plant, [row["review_id"], pipeline.parts.tenants.get(tenant).id, last])
    (parked,) = pipeline.json("deadletters", "list", "--stage", stage)
    assert (parked["name"], parked["stream_id"], parked["position"]) == (name, row["review_id"], last)
    assert tenant in pipeline.ok("deadletters", "list", "--stage", stage)
    assert pipeline.until_quiet()["parked"] == 1
    dry = pipeline.run("deadletters", "replay", "--stage", stage, "--dry-run")
    assert b"would unpark: 1" in dry.stdout
    shown = dry.stderr.decode()
    assert re.search(rf"^1 +{tenant} +{stage} {name} +planted$", shown, re.MULTILINE), shown
    assert pipeline.json("deadletters", "list", "--stage", stage) == [parked]
    assert pipeline.json("deadletters", "replay", "--stage", stage, f"--{stage}", name, "--yes")["parked"] == []
    assert pipeline.json("deadletters", "list", "--stage", stage) == []
    assert pipeline.run("verify").returncode == 0
    with pipeline.parts.readmodels_pool.connection() as connection:
        said = connection.execute(
            "SELECT detail FROM dead_letter_audit WHERE subject = %s ORDER BY entry", [f"{stage} {name}"]
        ).fetchall()
    assert said == [("requested",), ("0 streams still fail",)]


def test_without_a_filter_all_is_needed_and_the_counts_are_shown_first(pipeline: Pipeline, tenant: str) -> None:
    send(pipeline, tenant, ["1", "2"], rating=99)
    send(pipeline, tenant, ["3"], ratng=3)
    there = letters(pipeline, tenant, 3)
    assert {letter["field"] for letter in there} == {"rating", "ratng"}
    counts = [rf"^2 +{tenant} +inbound +out_of_range$", rf"^1 +{tenant} +inbound +unknown_field$"]
    for command in (("replay",), ("discard", "--why", "x")):
        for more in ((), ("--limit", "1"), ("--json",), ("--all", "--tenant", tenant)):
            done = pipeline.run("deadletters", *command, *more, "--yes")
            assert (done.returncode, b"--all: " in done.stderr) == (2, True), done.stderr
        dry = pipeline.run("deadletters", *command, "--dry-run")
        assert "this needs a filter or --all" in dry.stderr.decode()
        one = pipeline.run("deadletters", *command, "--tenant", tenant, "--dry-run", "--json")
        for shown in (dry, one):
            assert [bool(re.search(line, shown.stderr.decode(), re.MULTILINE)) for line in counts] == [True, True]
        assert [each["count"] for each in json.loads(one.stdout)["selected"]] == [2, 1]
        part = pipeline.run("deadletters", *command, "--tenant", tenant, "--limit", "1", "--dry-run")
        assert "more match: these are the first 1, by --limit" in part.stderr.decode()
        unsure = pipeline.run("deadletters", *command, "--tenant", tenant)
        assert (unsure.returncode, b"no terminal to confirm on" in unsure.stderr) == (2, True)
    assert letters(pipeline, tenant, 3) == there


def test_all_selects_every_tenant_and_yes_no_more_than_was_shown(pipeline: Pipeline, tenant: str) -> None:
    send(pipeline, tenant, ["1"], rating=99)
    send(pipeline, f"not-{tenant}", ["1"])
    mine, other = letters(pipeline, tenant, 1), letters(pipeline, f"not-{tenant}", 1)
    dry = pipeline.run("deadletters", "discard", "--all", "--why", "x", "--dry-run", "--json")
    ids = {letter["dead_letter_id"] for letter in (*mine, *other)}
    assert ids <= set(json.loads(dry.stdout)["discarded"])
    done = pipeline.json("deadletters", "discard", "--tenant", tenant, "--why", "x", "--yes")
    assert done["discarded"] == [mine[0]["dead_letter_id"]]
    assert letters(pipeline, f"not-{tenant}", 1) == other


@pytest.mark.parametrize(
    ("filters", "said"),
    [
        (
            ("--stage", "nlpp"),
            "did you mean nlp?); there are inbound, store, nlp, analytics, notify, compensate, deadletters",
        ),
        (("--reason", "unknown_tenat"), "did you mean unknown_tenant?); there are avro, "),
        (("--tenant", "knwon-nobody"), "there are no dead letters of it, and tenants "),
        (("--since", "2026-01-02", "--until", "2026-01-01"), "--until: is not after --since"),
    ],
)
def test_filters_that_nothing_has_are_refused_with_those_that_exist(
    pipeline: Pipeline, tenant: str, filters: tuple[str, ...], said: str
) -> None:
    assert tenant
    for command in (("list",), ("replay", "--yes"), ("discard", "--why", "x", "--yes")):
        done = pipeline.run("deadletters", *command, *filters)
        assert (done.returncode, said in done.stderr.decode()) == (2, True), done.stderr


def test_a_reason_that_only_the_table_has_is_known(pipeline: Pipeline, tenant: str) -> None:
    send(pipeline, tenant, ["1"], rating=99)
    (letter,) = letters(pipeline, tenant, 1)
    with pipeline.parts.readmodels_pool.connection() as connection:
        connection.execute(
            "UPDATE dead_letters SET reason = 'of_old', stage = 'olden' WHERE dead_letter_id = %s",
            [letter["dead_letter_id"]],
        )
    (found,) = pipeline.json("deadletters", "list", "--reason", "of_old", "--stage", "olden")
    assert found["dead_letter_id"] == letter["dead_letter_id"]
    assert pipeline.json("deadletters", "discard", "--reason", "of_old", "--why", "old", "--yes")["discarded"]
