"""Every command as its users type it, on reviews that are known."""

from __future__ import annotations

import gzip
import json
import signal
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

import psutil
import psycopg
import pytest
from confluent_kafka.admin import AdminClient
from pymongo import MongoClient
from redis import Redis

from services.inbound.ledger import OUTCOMES
from tests.e2e.pipeline import Pipeline, wait_for

REVIEWS = (
    {"id": "1", "text": "Maria Lopez at the Harbour Hotel in Lisbon was wonderful.", "rating": 5, "date": "2026-09-01"},
    {"id": "2", "text": "The room in Lisbon was dirty and the staff were rude.", "rating": 1, "date": "2026-09-02"},
    {"id": "3", "text": "Das Zimmer war leider sehr klein und ziemlich laut.", "rating": 2, "date": "2026-09-02"},
)


@pytest.fixture(scope="module")
def known(pipeline: Pipeline) -> str:
    """A tenant with three reviews that are through."""
    pipeline.ok("tenant", "create", "known", "--exist-ok")
    lines = b"".join(json.dumps(review).encode() + b"\n" for review in REVIEWS)
    report = pipeline.json("publish", "-", "--format", "jsonl", "--tenant", "known", "--source", "hotel", stdin=lines)
    assert report["received"] == len(REVIEWS)
    pipeline.until_quiet()
    return "known"


def test_reviews_are_listed_newest_first_page_by_page(pipeline: Pipeline, known: str) -> None:
    first = pipeline.json("query", "reviews", "--tenant", known, "--limit", "2")
    rest = pipeline.json("query", "reviews", "--tenant", known, "--limit", "2", "--cursor", first["next_cursor"])
    found = [*first["reviews"], *rest["reviews"]]
    assert sorted(review["external_id"] for review in found) == ["1", "2", "3"]
    assert found[-1]["external_id"] == "1"
    assert rest["next_cursor"] is None


def test_filters_narrow_the_list(pipeline: Pipeline, known: str) -> None:
    negative = pipeline.json("query", "reviews", "--tenant", known, "--label", "negative")["reviews"]
    german = pipeline.json("query", "reviews", "--tenant", known, "--language", "de")["reviews"]
    lisbon = pipeline.json("query", "reviews", "--tenant", known, "--entity", "Lisbon")["reviews"]
    assert {review["external_id"] for review in negative} == {"2", "3"}
    assert [(review["external_id"], review["sentiment_label"]) for review in german] == [("3", "negative")]
    assert {review["external_id"] for review in lisbon} == {"1", "2"}


def test_one_review_tells_its_history_and_its_reasons(pipeline: Pipeline, known: str) -> None:
    (row,) = pipeline.json("query", "reviews", "--tenant", known, "--max-rating", "1")["reviews"]
    found = pipeline.json("query", "review", row["review_id"], "--tenant", known)
    assert found["aggregate_id"] == row["review_id"]
    assert [event["type"].removeprefix("review.") for event in found["events"]] == [
        "collected", "raw_stored", "processed", "sentiment_analyzed", "analytics_updated", "subscribers_notified",
    ]  # fmt: skip
    assert [event["version"] for event in found["events"]] == [1, 2, 3, 4, 5, 6]
    sentiment, notified = found["events"][3]["data"], found["events"][5]["data"]
    text = REVIEWS[1]["text"]
    assert {text[hit["start"] : hit["end"]] for hit in sentiment["evidence"]} >= {"dirty", "rude"}
    assert [(sent["channel"], sent["rule"]) for sent in notified["notifications"]] == [("kafka", "rating<=2")]
    page = pipeline.ok("query", "review", row["review_id"], "--tenant", known)
    assert "dirty" in page
    assert "vaderSentiment" in page


def test_one_review_as_it_was(pipeline: Pipeline, known: str) -> None:
    (row,) = pipeline.json("query", "reviews", "--tenant", known, "--max-rating", "1")["reviews"]
    asking = ("query", "review", row["review_id"], "--tenant", known)
    now = pipeline.json(*asking)
    collected, stored, processed, *_ = now["events"]
    then = pipeline.json(*asking, "--at", str(stored["position"]))
    assert then["events"] == [collected, stored]
    assert set(then) == set(now)
    assert set(then["state"]) == set(now["state"])
    assert (then["state"]["content"], then["state"]["sentiment_label"]) == (REVIEWS[1]["text"], None)
    assert pipeline.json(*asking, "--at", processed["recorded_at"])["state"]["language"] == "en"
    assert pipeline.json(*asking, "--at", "2999-01-01") == now
    later = pipeline.run(*asking, "--at", "2999-01-01").stderr.decode()
    assert ("as of position" in later, "not analysed" in later) == (True, False)
    for form in ((), ("--json",)):
        before = pipeline.run(*asking, "--at", str(stored["position"]), *form).stderr.decode()
        assert before.rstrip() == (
            f"as of position {stored['position']}; it was not analysed then, its last event was review.raw_stored: "
            "without --at you see it as it is now"
        )
    assert "not analysed: there are no results" in pipeline.ok(*asking, "--at", str(stored["position"]))
    assert "made by processing version 3: " in pipeline.ok(*asking)
    for at, said in (
        (str(collected["position"] - 1), f"its first event is at position {collected['position']}, time"),
        ("2001-01-01T00:00:00Z", "did not exist yet"),
        ("999999999", "beyond the end of the event log"),
        ("yesterday", "neither a position of the event log"),
    ):
        done = pipeline.run(*asking, "--at", at)
        assert (done.returncode, said in done.stderr.decode()) == (2, True), done.stderr


def test_another_tenant_does_not_see_it(pipeline: Pipeline, known: str, tenant: str) -> None:
    (row,) = pipeline.json("query", "reviews", "--tenant", known, "--max-rating", "1")["reviews"]
    done = pipeline.run("query", "review", row["review_id"], "--tenant", tenant)
    assert done.returncode == 2
    assert b"has no review" in done.stderr
    then = pipeline.run("query", "review", row["review_id"], "--tenant", tenant, "--at", "2999-01-01")
    assert (then.returncode, b"has no review" in then.stderr) == (2, True)
    assert pipeline.json("query", "reviews", "--tenant", tenant)["reviews"] == []


def test_numbers_as_they_were(pipeline: Pipeline, known: str) -> None:
    asking = ("query", "metrics", "--tenant", known, "--since", "2026-09-01", "--until", "2026-09-30")
    assert pipeline.json(*asking, "--at", "2999-01-01") == pipeline.json(*asking)
    assert pipeline.json(*asking, "--at", "2999-01-01", "--by", "source") == pipeline.json(*asking, "--by", "source")
    assert pipeline.json(*asking, "--at", "0") == []
    (row,) = pipeline.json("query", "reviews", "--tenant", known, "--max-rating", "1")["reviews"]
    events = pipeline.json("query", "review", row["review_id"], "--tenant", known)["events"]
    (counted,) = [event["position"] for event in events if event["type"] == "review.analytics_updated"]

    def negatives(position: int) -> int:
        return sum(day["sentiment_negative"] for day in pipeline.json(*asking, "--at", str(position)))

    assert negatives(counted - 1) + 1 == negatives(counted)
    for refused, said in (
        (("--since", "2026-09-01"), b"--until: missing"),
        (("--since", "2026-09-01", "--until", "2026-10-02"), b"32 days are more than 31"),
    ):
        done = pipeline.run("query", "metrics", "--tenant", known, "--at", "1", *refused)
        assert (done.returncode, said in done.stderr) == (2, True), done.stderr


def test_each_key_of_the_sums_comes_once(pipeline: Pipeline, tenant: str) -> None:
    rows = [("a", "web", 5), ("b", "app", 1), ("c", "", 3)]
    lines = [
        {"id": key, "text": "Fine.", "rating": rating, "date": "2026-09-01", "platform": platform}
        for key, platform, rating in rows
    ]
    data = "".join(json.dumps(line) + "\n" for line in lines).encode()
    pipeline.json("publish", "-", "--format", "jsonl", "--tenant", tenant, "--source", "shop", stdin=data)
    pipeline.json("publish", "-", "--format", "jsonl", "--tenant", tenant, "--source", "kiosk", stdin=data)
    pipeline.until_quiet()
    days = ("--since", "2026-09-01", "--until", "2026-09-30")
    found = {}
    for by, keys in (("source", {"shop", "kiosk"}), ("platform", {"web", "app", ""}), ("day", {"2026-09-01"})):
        asking = ("query", "metrics", "--tenant", tenant, "--by", by, *days)
        now = pipeline.json(*asking)
        assert [row["key"] for row in now] == list(dict.fromkeys(row["key"] for row in now))
        assert {row["key"] for row in now} == keys
        assert sum(row["total_reviews"] for row in now) == 6
        assert pipeline.json(*asking, "--at", "2999-01-01") == now
        assert len(pipeline.ok(*asking).splitlines()) == 1 + len(keys)
        found[by] = pipeline.json(*asking, "--source", "kiosk")
        assert sum(row["total_reviews"] for row in found[by]) == 3
    assert [(row["key"], row["avg_rating"]) for row in found["source"]] == [("kiosk", 3.0)]


def test_numbers_entities_and_keywords(pipeline: Pipeline, known: str) -> None:
    (source,) = pipeline.json("query", "metrics", "--tenant", known, "--by", "source")
    assert (source["key"], source["total_reviews"], source["sentiment_undetermined"]) == ("hotel", 3, 0)
    days = pipeline.json("query", "metrics", "--tenant", known, "--since", "2026-09-02")
    assert [(day["key"], day["total_reviews"], day["avg_rating"]) for day in days] == [("2026-09-02", 2, 1.5)]
    entities = pipeline.json("query", "entities", "--tenant", known)
    assert (entities[0]["text"], entities[0]["type"], entities[0]["reviews"]) == ("Lisbon", "GPE", 2)
    assert pipeline.json("query", "keywords", "--tenant", known, "--limit", "5")
    assert pipeline.json("query", "failures", "--tenant", known) == []


def test_trends_and_alarms(pipeline: Pipeline, known: str) -> None:
    trends = pipeline.json("query", "trends", "--tenant", known, "--by", "month")
    (month,) = [each for each in trends["periods"] if each["first_day"] == "2026-09-01"]
    assert (month["reviews"], month["negative"]) == (3, 2)
    assert trends["fresh"]["behind"] >= 0
    share = pipeline.json("query", "trends", "--tenant", known, "--label", "negative", "--source", "hotel")
    assert sum(each["negative"] for each in share["periods"]) == 2
    looked = pipeline.json("alarms", "detect", "--tenant", known, "--since", "2026-09-01", "--day", "2026-09-10")
    assert looked["tenants"][known]["watched"] == 4
    assert looked["tenants"][known]["raised"] == []
    assert pipeline.json("query", "alarms", "--tenant", known) == []


@pytest.mark.parametrize(
    "command",
    [
        ("query", "reviews", "--tenant", "known"),
        ("query", "metrics", "--tenant", "known"),
        ("query", "entities", "--tenant", "known"),
        ("query", "keywords", "--tenant", "known"),
        ("query", "failures"),
        ("query", "trends", "--tenant", "known"),
        ("query", "trends", "--tenant", "known", "--by", "month", "--topic", "*"),
        ("query", "alarms", "--tenant", "known", "--since", "30d"),
        ("tenant", "list"),
        ("status",),
        ("doctor",),
        ("verify",),
        ("urls",),
        ("settings",),
    ],
    ids=" ".join,
)
def test_commands_speak_to_people_too(pipeline: Pipeline, known: str, command: tuple[str, ...]) -> None:
    assert known
    assert pipeline.ok(*command).strip()


def test_urls_keep_passwords_to_themselves(pipeline: Pipeline) -> None:
    shown, secret = pipeline.ok("urls"), pipeline.ok("urls", "--show-secrets")
    assert ":***@" in shown
    assert len(secret) > len(shown)


def test_urls_are_settings_and_ready_for_a_client(pipeline: Pipeline) -> None:
    page = (Path(__file__).parents[2] / "docs" / "settings.md").read_text()
    listed = [line.partition("=")[0] for line in pipeline.ok("urls", "--show-secrets").splitlines()]
    assert len(listed) >= 7
    assert [name for name in listed if f"| `{name}` |" not in page] == []
    kafka, mongo, readmodels, redis = (
        pipeline.ok("urls", "--for", name).strip() for name in ("kafka", "mongo", "readmodels", "redis")
    )
    assert "reviews.inbound" in AdminClient({"bootstrap.servers": kafka}).list_topics(timeout=30).topics
    psycopg.connect(readmodels).close()
    with Redis.from_url(redis) as cache, MongoClient(mongo) as raw:
        assert cache.ping()
        assert raw.admin.command("ping")["ok"]
    done = pipeline.run("urls", "--for", "oracle")
    assert (done.returncode, b"choose from eventstore" in done.stderr) == (2, True)


def test_the_doctor_finds_the_embedded_stack_in_order(pipeline: Pipeline, known: str) -> None:
    found = pipeline.json("doctor")
    assert found["ok"]
    assert [finding for finding in found["findings"] if finding["level"] != "ok"] == []
    assert {finding["subject"] for finding in found["findings"]} >= {
        "eventstore",
        "kafka",
        "mongo",
        "clickhouse",
        "redis",
    }


def test_a_status_adds_up(pipeline: Pipeline, known: str) -> None:
    assert known
    found = pipeline.json("status")
    assert found["received"] == sum(found[name] for name in OUTCOMES)
    assert all(unit["ok"] for unit in found["units"].values())
    assert set(found["subscriptions"]) == {
        "steps", "public", "raw_store", "projection.reviews", "projection.saga_progress", "projection.failures", "projection.feedback", "projection.alarms", "projection.topics", "projection.review_topics", "projection.analytics",
    }  # fmt: skip


@pytest.mark.parametrize("name", ["reviews", "saga_progress", "failures", "alarms", "analytics"])
def test_a_replay_makes_an_equal_version_and_there_is_a_way_back(pipeline: Pipeline, known: str, name: str) -> None:
    assert known
    planned = pipeline.json("replay", name, "--dry-run")
    assert planned["name"] == name
    outcome = pipeline.json("replay", name)
    assert outcome["switched"]
    assert "back at version" in pipeline.run("replay", name, "--rollback").stderr.decode()
    assert pipeline.run("verify").returncode == 0


def test_a_part_is_repaired_in_place(pipeline: Pipeline, known: str) -> None:
    outcome = pipeline.json("replay", "reviews", "--tenant", known)
    assert not outcome["switched"]
    assert pipeline.run("verify").returncode == 0


def test_verify_notices_a_planted_difference(pipeline: Pipeline, known: str) -> None:
    tenant_id = str(pipeline.parts.tenants.get(known).id)
    with pipeline.parts.readmodels_pool.connection() as connection:
        connection.execute(
            "UPDATE processed_reviews SET sentiment_label = 'positive' WHERE external_id = '2' AND tenant_id = %s",
            [tenant_id],
        )
    done = pipeline.run("verify", "--json")
    assert done.returncode == 1
    assert not json.loads(done.stdout)["ok"]
    assert b"differs" in done.stderr
    pipeline.ok("replay", "reviews", "--tenant", known)
    assert pipeline.run("verify").returncode == 0


def test_a_rule_of_the_tenants_own(pipeline: Pipeline, tenant: str) -> None:
    pipeline.ok("tenant", "configure", tenant, '{"notify": {"rating_at_most": null, "sentiment_at_most": null}}')
    line = json.dumps(REVIEWS[1]).encode() + b"\n"
    pipeline.json("publish", "-", "--format", "jsonl", "--tenant", tenant, "--source", "hotel", stdin=line)
    pipeline.until_quiet()
    (row,) = pipeline.json("query", "reviews", "--tenant", tenant)["reviews"]
    events = pipeline.json("query", "review", row["review_id"], "--tenant", tenant)["events"]
    assert events[-1]["data"]["notifications"] == []


def test_an_edit_is_a_new_revision_and_counts_once(pipeline: Pipeline, tenant: str, tmp_path: Path) -> None:
    for version, text in enumerate(("It was awful.", "They made it right. Lovely people!")):
        file = tmp_path / f"{version}.csv.gz"
        file.write_bytes(
            gzip.compress(f"id,review_text,stars,when\n7,{text},{1 + 4 * version},2026-09-0{1 + version}\n".encode())
        )
        maps = ("--map", "content=review_text", "--map", "published_at=when")
        pipeline.json("publish", str(file), "--tenant", tenant, "--source", "shop", *maps)
    pipeline.until_quiet()
    (row,) = pipeline.json("query", "reviews", "--tenant", tenant)["reviews"]
    assert (row["revision"], row["rating"], row["sentiment_label"]) == (2, 5.0, "positive")
    days = pipeline.json("query", "metrics", "--tenant", tenant)
    assert [(day["key"], day["total_reviews"], day["sentiment_positive"]) for day in days] == [("2026-09-02", 1, 1)]
    raw = pipeline.parts.raw_reviews.find_one({"review_id": row["review_id"]})
    assert raw is not None
    assert (raw["revision"], len(str(raw["_id"]))) == (2, 24)


def test_publishing_exits_1_when_every_row_is_rejected(pipeline: Pipeline, tenant: str) -> None:
    row = {"id": "1", "text": "Fine.", "rating": 4, "date": "2026-09-01"}
    good, bad = (json.dumps(row | {"rating": rating}) + "\n" for rating in (4, 99))
    to = ("publish", "-", "--format", "jsonl", "--tenant", tenant, "--source", "shop")
    for lines, code in ((good + bad, 0), (bad, 1), (good, 0), ("", 0)):
        done = pipeline.run(*to, "--json", "--yes", stdin=lines.encode())
        assert done.returncode == code, done.stderr
        report = json.loads(done.stdout)
        assert report["rejected"] == lines.count("99")
        if code:
            assert f"`reviewstream deadletters list --run {report['run_id']}` lists them" in done.stderr.decode()
    sent = pipeline.run(*to, "--no-wait", "--yes", stdin=bad.encode())
    assert (sent.returncode, b"sent 1 rows, not waiting" in sent.stdout) == (0, True)
    assert pipeline.run(*to, "--yes", stdin=bad.encode()).returncode == 1
    assert pipeline.run(*to, stdin=bad.encode()).returncode == 2, "it is looked at first"


def test_the_worker_that_reads_what_is_published_is_seen(pipeline: Pipeline) -> None:
    wait_for(lambda: pipeline.parts.desk.inbound_readers() == 1, "no worker reads the inbound topic", 60)


def test_a_file_is_read_as_an_export_writes_it(pipeline: Pipeline, tenant: str, tmp_path: Path) -> None:
    rows = [
        "Reviews of the quarter",
        "",
        "Ref;When;Stars;Comment;Published",
        'e-1;2026-09-01 10:00;4,5;"Lovely; quiet";TRUE',
    ]
    rows += [
        "e-2;1 September 2026;FIVE",
        "e-3;2026-09-01;good;Fine;TRUE",
        "e-4;03/04/2026;4;Fine;TRUE",
        "e-5;2026-09-01;99;Fine;TRUE",
    ]
    file = tmp_path / "export.csv"
    file.write_bytes("\r\n".join(rows).encode("utf-16"))
    maps = ("--map", "external_id=Ref", "--map", "published_at=When", "--timezone", "Europe/Berlin")
    to = ("publish", str(file), "--tenant", tenant, "--source", "shop", *maps)
    refused = pipeline.run(*to)
    assert refused.returncode == 2, "three of five rows are wrong"
    assert b"1 of 5 rows would be refused, first in line 7: When: '03/04/2026' may be in month 3 or 4" in refused.stderr
    assert pipeline.json("query", "reviews", "--tenant", tenant)["reviews"] == []
    report = pipeline.json(*to, "--yes")
    assert (report["accepted"], report["rejected"]) == (2, 3)
    assert sorted((kind["reason"], kind["count"], kind["line"]) for kind in report["kinds"]) == [
        ("out_of_range", 1, 8),
        ("unreadable_row", 1, 6),
        ("unreadable_row", 1, 7),
    ]
    told = {one["line"]: (one["field"], one["error"].partition(";")[0]) for one in report["rejections"]}
    assert told == {
        6: ("rating", "Stars: a text of 4 characters is no number"),
        7: ("published_at", "When: '03/04/2026' may be in month 3 or 4"),
        8: ("rating", "rating: out of range"),
    }
    assert report["columns"]["rating"] == "Stars"
    assert report["notes"][-2:] == ["2 lines above the header skipped", "1 short rows filled up with empty cells"]
    pipeline.until_quiet()
    found = {row["external_id"]: row for row in pipeline.json("query", "reviews", "--tenant", tenant)["reviews"]}
    assert {name: row["rating"] for name, row in found.items()} == {"e-1": 4.5, "e-2": 5.0}
    assert found["e-1"]["published_at"].startswith("2026-09-01T08:00")


def test_a_mapping_is_saved_and_used_again(pipeline: Pipeline, tenant: str) -> None:
    line = b'{"key": "a", "words": "Fine.", "when": "2026-09-01"}\n'
    name = f"mapping-{tenant}"
    maps = ("--map", "external_id=key", "--map", "content=words", "--map", "published_at=when")
    to = ("publish", "-", "--format", "jsonl", "--tenant", tenant, "--source", "shop")
    assert pipeline.json(*to, *maps, "--save-mapping", name, stdin=line)["accepted"] == 1
    assert pipeline.json(*to, "--mapping", name, stdin=line)["deduplicated"] == 1


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (("publish", "x.csv", "--tenant", "nobody", "--source", "s"), b"tenant create nobody"),
        (("tenant", "create", "Not A Slug"), b"lower-case"),
        (("query", "review", str(uuid4()), "--tenant", "known"), b"query reviews"),
        (("replay", "nothing"), b"known are"),
        (("query", "entities", "--tenant", "known", "--type", "PERSN"), b"did you mean PERSON?); there are EVENT, FAC"),
        (("tenant", "configure", "knwon", "{}"), b"did you mean known?)"),
        (("query", "reviews", "--tenant", "known", "--limit", "0"), b"0 is not in the range"),
        (("no-such-command",), b"No such command"),
    ],
    ids=["tenant", "slug", "review", "projection", "type", "similar tenant", "range", "command"],
)
def test_wrong_usage_exits_2_and_says_what_to_do(
    pipeline: Pipeline, known: str, command: tuple[str, ...], said: bytes
) -> None:
    assert known
    done = pipeline.run(*command) if command[0] != "no-such-command" else pipeline.run("no-such-command")
    assert done.returncode == 2
    assert said in done.stderr
    assert b"Traceback" not in done.stderr


def test_a_second_start_names_who_holds_the_directory(pipeline: Pipeline) -> None:
    done = pipeline.run("up", "--detach")
    assert done.returncode == 1
    assert str(pipeline.state().supervisor).encode() in done.stderr


def test_without_a_stack_commands_say_how_to_start_one(
    pipeline: Pipeline, tmp_path: Path, settings_elsewhere: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in settings_elsewhere:
        monkeypatch.delenv(name)
    elsewhere = Pipeline(tmp_path / "none")
    for command in (("status",), ("tenant", "list"), ("verify",)):
        done = elsewhere.run(*command)
        assert (done.returncode, b"reviewstream up" in done.stderr) == (1, True), command
    assert elsewhere.run("down").returncode == 0


def test_the_demo_checks_itself(pipeline: Pipeline) -> None:
    shown = pipeline.ok("demo")
    assert "event log, PostgreSQL and ClickHouse agree" in shown
    assert "accepted 581, revised 1, deduplicated 10, rejected 8" in shown


def test_a_watched_status_is_shown_again_until_it_is_interrupted(pipeline: Pipeline, known: str) -> None:
    assert known
    command = [sys.executable, "-m", "reviewstream", "status", "--watch", "--data-dir", str(pipeline.data_dir)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as watching:
        assert watching.stdout is not None
        first = watching.stdout.readline()
        watching.send_signal(signal.SIGINT)
        assert watching.wait(120) == 1
    assert b"received" in first


def test_the_whole_stack_with_workers_fits_into_three_gigabytes(pipeline: Pipeline) -> None:
    family = psutil.Process(pipeline.state().supervisor)
    processes = [family, *family.children(recursive=True)]
    held = sum(
        process.memory_full_info().pss for process in processes
    )  # what several share counts once: models are mapped
    assert 0.3e9 < held < 3e9
