"""`migrate plan`, `apply` and `status` on real servers."""

from __future__ import annotations

import json
import sys
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pymongo
import pytest
import structlog
from click.testing import CliRunner, Result
from confluent_kafka.admin import AdminClient

from connectors import clickhouse
from connectors.databases import DATABASES
from connectors.kafka import bootstrap, create_topics, partitions
from reviewstream.entry import Entry
from reviewstream.main import cli
from reviewstream.migrations import apply, inspect
from reviewstream.settings import Settings, load
from schemas.errors import InvalidInput, NewerStore, ReviewstreamError, TransientError, VerificationFailed
from streams.topics import INBOUND, all_topics, step_topic
from telemetry import logs
from tests.migrating.conftest import PARTITIONS

MONGO, CLICKHOUSE = "mongodb://127.0.0.1:1/?connectTimeoutMS=200", "clickhouse://127.0.0.1:1"
EVERYTHING = {*DATABASES, "kafka", "mongo", "projections"}


def ask(url: str, query: str) -> list[tuple]:
    """ClickHouse's answer."""
    client = clickhouse.connect(url)
    try:
        return client.execute(query)
    finally:
        client.disconnect()


@pytest.fixture(autouse=True)
def empty(settings: Settings, servers: dict[str, str]) -> None:
    """Nothing in any server when the test begins."""
    admin = AdminClient({"bootstrap.servers": bootstrap(servers["kafka_url"])})
    for topic in admin.delete_topics(list(partitions(servers["kafka_url"])) or ["none"]).values():
        topic.exception(10)
    with pymongo.MongoClient(servers["mongo_url"]) as client:
        client.drop_database(settings.mongo_database)
    for name in ("analytics", "analytics_v1"):
        ask(servers["clickhouse_url"], f"DROP DATABASE IF EXISTS {name}")


def log_on_stderr(*_: object, **__: object) -> None:
    structlog.configure(logger_factory=lambda *_: structlog.PrintLogger(sys.stderr), cache_logger_on_first_use=False)


@pytest.fixture
def run(settings: Settings, monkeypatch: pytest.MonkeyPatch):
    """`reviewstream ARGS` with these settings in the environment."""
    monkeypatch.setattr(logs, "configure", log_on_stderr)  # the command's own hooks would outlive it in this process
    for name, value in settings.model_dump().items():
        if name.endswith("_url") and value is not None:
            monkeypatch.setenv(f"REVIEWSTREAM_{name.upper()}", value.get_secret_value())
    monkeypatch.setenv("REVIEWSTREAM_PARTITIONS", str(settings.partitions))
    monkeypatch.setenv("REVIEWSTREAM_DATA_DIR", str(settings.data_dir))
    yield lambda *args: CliRunner().invoke(cli, ["migrate", *args], obj=Entry())
    structlog.reset_defaults()


def missing(settings: Settings) -> dict[str, list[str]]:
    return {each.store: list(each.missing) for each in inspect(settings) if each.missing}


def ok(done: Result) -> Result:
    assert done.exit_code == 0, done.exception
    return done


def test_a_plan_names_everything_and_makes_nothing(settings: Settings, servers, run) -> None:
    planned = json.loads(ok(run("plan", "--json")).stdout)
    assert {each["store"] for each in planned if each["missing"]} == EVERYTHING
    assert {each["store"]: each["missing"] for each in planned} == missing(settings)
    assert not set(all_topics(1)) & set(partitions(servers["kafka_url"]))
    for name in DATABASES:
        with psycopg.connect(settings.url(name)) as connection:
            assert connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone() == (0,)
    shown = ask(servers["clickhouse_url"], "SHOW DATABASES")
    assert not [name for (name,) in shown if "analytics" in name]


def test_apply_makes_what_the_plan_named_and_nothing_the_second_time(settings: Settings, run) -> None:
    planned = missing(settings)
    made = json.loads(ok(run("apply", "--json")).stdout)
    assert {each["store"]: each["made"] for each in made} == planned
    assert missing(settings) == {}
    again = ok(run("apply"))
    assert again.stdout == ""
    assert "everything was in place" in again.stderr
    ok(run("status"))


def test_status_exits_with_1_while_something_is_missing(settings: Settings, run) -> None:
    apply(settings)
    with psycopg.connect(settings.url("tenancy")) as connection:
        connection.execute("DROP TABLE tenants; DELETE FROM _yoyo_migration")
    done = run("status", "--json")
    assert isinstance(done.exception, VerificationFailed)
    seen = {each["store"]: each["missing"] for each in json.loads(done.stdout)}
    assert seen["tenancy"] == ["tenancy-0001-tenants"]
    assert not any(seen[store] for store in EVERYTHING - {"tenancy"})


def test_those_that_apply_at_once_take_turns(settings: Settings) -> None:
    with ThreadPoolExecutor(3) as racers:
        made = list(racers.map(lambda _: sum(len(each.missing) for each in apply(settings)), range(3)))
    assert sorted(made)[:2] == [0, 0]
    assert max(made) > 25


def test_it_waits_for_a_migration_that_is_under_way(settings: Settings) -> None:
    lock = "SELECT pg_advisory_lock(hashtextextended('reviewstream setup', 0))"
    waits = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%advisory_lock%'"
    with psycopg.connect(settings.url("eventstore"), autocommit=True) as other, ThreadPoolExecutor(1) as thread:
        other.execute(lock)
        waiting = thread.submit(apply, settings)
        while other.execute(waits).fetchone() == (0,):
            assert not waiting.done()
        assert missing(settings).keys() == EVERYTHING
        other.close()
        waiting.result(60)


@pytest.mark.parametrize(
    "name", [name if name == "eventstore" else pytest.param(name, marks=pytest.mark.long) for name in DATABASES]
)
def test_a_database_of_a_newer_release_keeps_all_from_being_touched(settings: Settings, name: str, run) -> None:
    apply(settings)
    record = "INSERT INTO _yoyo_migration (migration_hash, migration_id, applied_at_utc) VALUES ('x', %s, now())"
    with psycopg.connect(settings.url(name)) as connection:
        connection.execute(record, ["9999-from-the-future"])
    with psycopg.connect(settings.url("eventstore")) as connection:
        connection.execute("DROP TABLE streams_aside")
        connection.execute("DELETE FROM _yoyo_migration WHERE migration_id = '0003-aside'")
    with pytest.raises(NewerStore, match=rf"{name}.* 9999-from-the-future.* reviewstream \d.* up to \S*\d{{4}}-"):
        apply(settings)
    assert missing(settings) == {"eventstore": ["0003-aside"]}
    assert "9999-from-the-future" in ok(run("plan")).stdout
    assert isinstance(run("status").exception, VerificationFailed)


@pytest.mark.parametrize("there", [PARTITIONS - 1, PARTITIONS + 1])
def test_a_step_topic_with_other_partitions_is_refused_with_the_fix(settings: Settings, there: int) -> None:
    create_topics(settings.url("kafka"), {step_topic("nlp"): there})
    with pytest.raises(InvalidInput, match=f"steps.nlp has {there} .* set REVIEWSTREAM_PARTITIONS={there}"):
        apply(settings)
    assert missing(settings).keys() == EVERYTHING


def test_other_topics_keep_the_partitions_that_an_operator_gave_them(settings: Settings) -> None:
    create_topics(settings.url("kafka"), {INBOUND: 8})
    apply(settings)
    assert partitions(settings.url("kafka"))[INBOUND] == 8
    assert all(partitions(settings.url("kafka"))[topic] == PARTITIONS for topic in all_topics(1) if topic != INBOUND)
    assert ["topic reviews.inbound has 8 partitions and keeps them"] in [each.advice for each in inspect(settings)]


def test_a_table_in_use_is_not_waited_for_without_end(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    apply(settings)
    monkeypatch.setattr("connectors.migrations.migrate.__kwdefaults__", {"patience": 0.2})
    with psycopg.connect(settings.url("eventstore")) as connection:
        connection.execute("DELETE FROM _yoyo_migration WHERE migration_id LIKE 'inbound-%'")
    with psycopg.connect(settings.url("eventstore")) as reader:
        reader.execute("SELECT * FROM inbound_partitions")
        with pytest.raises(TransientError, match=r"inbound waited 0\.2 s for a table"):
            apply(settings)
    apply(settings)
    assert missing(settings) == {}


def test_advice_where_a_live_read_model_is_of_another_form_or_gone(settings: Settings, servers) -> None:
    apply(settings)
    with psycopg.connect(settings.url("readmodels")) as connection:
        connection.execute("UPDATE projections SET shape = 'old' WHERE name = 'reviews'")
    ask(servers["clickhouse_url"], "DROP DATABASE analytics_v1")
    said = " ".join(line for each in inspect(settings) for line in each.advice)
    assert "`reviewstream replay reviews`" in said
    assert "ClickHouse has no database analytics_v1" in said
    assert missing(settings) == {}


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"tenancy_url": "postgresql://nobody@127.0.0.1:1/none"}, "PostgreSQL does not answer"),
        ({"kafka_url": "kafka://127.0.0.1:1"}, "Kafka did not list its topics"),
        pytest.param({"mongo_url": MONGO}, "MongoDB does not answer", marks=pytest.mark.long),
        pytest.param({"clickhouse_url": CLICKHOUSE}, "ClickHouse did not finish", marks=pytest.mark.long),
    ],
    ids=["postgresql", "kafka", "mongodb", "clickhouse"],
)
def test_a_server_that_is_away_is_named(
    settings: Settings, changed: dict[str, str], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    apply(settings)
    for patience in ("connectors.kafka.partitions", "connectors.mongo.connect"):
        monkeypatch.setattr(f"{patience}.__kwdefaults__", {"timeout": 0.5})
    with pytest.raises(ReviewstreamError, match=said):
        inspect(load(**{**settings.model_dump(), **changed}))
