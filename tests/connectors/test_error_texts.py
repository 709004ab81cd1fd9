"""What an operator reads of an error that is not ours: its code and fixed texts, in the log and at the command line; no data."""

from __future__ import annotations

import errno
import inspect
import json
import os
import socket
import ssl
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from types import ModuleType
from typing import Any
from uuid import uuid4

import click
import httpx
import psycopg
import psycopg.errors
import pymongo
import pytest
import redis.exceptions
import trustme
from aiokafka import errors as agents
from clickhouse_driver import errors as clickhouse_errors
from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import AdminClient
from psycopg_pool import PoolTimeout
from pymongo import errors as mongo_errors

from connectors import clickhouse, mongo, postgres
from connectors import redis as cache
from connectors.kafka import client_config
from reviewstream import main as entry
from telemetry.error_text import named_text
from telemetry.masking import masked, safe_exception
from tests.connectors.test_faults import with_password

PERSONAL = "Anna Example hated the soup"


class Reading:
    """What there is to read of whatever a call raises."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch, self._capsys = monkeypatch, capsys

    def of(self, call: Callable[[], object]) -> tuple[str, str]:
        """The line of the log, and what the command line prints. Neither quotes anybody."""
        module = ModuleType("failing")
        module.failing = click.command()(call)  # type: ignore[attr-defined]
        self._monkeypatch.setitem(sys.modules, "failing", module)
        self._monkeypatch.setitem(entry.COMMANDS, "failing", "failing")  # type: ignore[arg-type]
        with pytest.raises(SystemExit) as ended:
            entry.main(["failing"])
        assert ended.value.code == 1
        printed = self._capsys.readouterr().err
        with pytest.raises(Exception) as raised:
            call()
        line = json.dumps(
            masked(None, "error", safe_exception(None, "error", {"event": "e", "exc_info": raised.value}))
        )
        for text in (printed, line):
            assert not any(word in text for word in ("Anna", "soup", "Traceback", "mistyped", "127.0.0.1"))
        assert printed.startswith("reviewstream: ")
        assert printed.count("\n") == 1
        return line, printed

    def both(self, call: Callable[[], object], *words: str) -> None:
        """These words stand in both."""
        for text in self.of(call):
            assert [word for word in words if word not in text] == [], text


@pytest.fixture
def reading(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Reading:
    return Reading(monkeypatch, capsys)


@pytest.fixture
def nobody() -> int:
    """A port on which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


REFUSED = f"[Errno {errno.ECONNREFUSED}] Connection refused"


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        (f'SELECT * FROM "{PERSONAL}"', ["UndefinedTable: SQLSTATE 42P01 undefined_table"]),
        (f"SELECT '{PERSONAL}'::integer", ["SQLSTATE 22P02 invalid_text_representation"]),
        ("SET LOCAL statement_timeout = 1; SELECT pg_sleep(5)", ["QueryCanceled: SQLSTATE 57014 query_canceled"]),
        ("SET ROLE pg_monitor; CREATE SCHEMA mine", ["InsufficientPrivilege: SQLSTATE 42501 insufficient_privilege"]),
        (
            f"CREATE TEMP TABLE guests (name text CONSTRAINT no_anna CHECK (name = '')); INSERT INTO guests VALUES ('{PERSONAL}')",
            ["CheckViolation: SQLSTATE 23514 check_violation; table guests; constraint no_anna"],
        ),
        (f"DO $$ BEGIN RAISE '{PERSONAL}' USING ERRCODE = 'XX999'; END $$", ["SQLSTATE XX999"]),
    ],
    ids=["table", "value", "time", "right", "check", "unknown"],
)
def test_postgresql_says_its_state_and_condition(
    reading: Reading, postgres_url: str, statement: str, words: list[str]
) -> None:
    def ask() -> None:
        with psycopg.connect(postgres_url) as connection:
            connection.execute(statement.encode())

    reading.both(ask, *words)


def test_a_database_that_refuses_or_is_away(reading: Reading, postgres_url: str, nobody: int) -> None:
    wrong = psycopg.conninfo.make_conninfo(postgres_url, password="mistyped")
    away = psycopg.conninfo.make_conninfo(postgres_url, port=nobody)

    def pooled() -> None:
        with postgres.open_pool(away, name="t", timeout=0.2) as pool, pool.connection():
            pass

    reading.both(lambda: psycopg.connect(wrong), "OperationalError: password authentication failed")
    reading.both(lambda: psycopg.connect(away), "OperationalError", REFUSED)
    reading.both(pooled, f"{PoolTimeout.__name__}: couldn't get a connection after ")


def test_mongodb_says_its_code_and_the_codes_name(reading: Reading, mongo_url: str, nobody: int) -> None:
    def ask(url: str, call: Callable[[Any], object]) -> None:
        with closing(mongo.connect(url, timeout=2)) as client:
            call(client["texts"][f"t{uuid4().hex}"])

    def twice(collection: Any) -> None:
        collection.create_index("name", unique=True)
        collection.insert_one({"name": PERSONAL})
        try:
            collection.insert_one({"name": PERSONAL})
        finally:
            collection.drop()

    def many(collection: Any) -> None:
        collection.insert_one({"_id": PERSONAL})
        try:
            collection.insert_many([{"_id": PERSONAL}])
        finally:
            collection.drop()

    reading.both(lambda: ask(mongo_url, twice), "DuplicateKeyError: code 11000 DuplicateKey")
    reading.both(lambda: ask(mongo_url, many), "BulkWriteError: code 11000 DuplicateKey")
    reading.both(
        lambda: ask(mongo_url, lambda it: it.database.command({PERSONAL: 1})),
        "OperationFailure: code 59 CommandNotFound",
    )
    mistyped = with_password(mongo_url, "mistyped")
    reading.both(lambda: ask(mistyped, lambda it: it.find_one()), "OperationFailure: code 18 AuthenticationFailed")
    away = f"mongodb://127.0.0.1:{nobody}/?serverSelectionTimeoutMS=200"
    with pymongo.MongoClient(away) as client:
        reading.both(lambda: client.admin.command("ping"), "ServerSelectionTimeoutError", REFUSED)


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        (f"SELECT 1 FROM `{PERSONAL}`", "ServerException: code 60 UNKNOWN_TABLE"),
        (f"SELEC '{PERSONAL}'", "ServerException: code 62 SYNTAX_ERROR"),
        (f"SELECT throwIf(1, '{PERSONAL}')", "ServerException: code 395"),
    ],
    ids=["table", "syntax", "value"],
)
def test_clickhouse_says_its_code_and_the_codes_name(
    reading: Reading, clickhouse_url: str, statement: str, words: str
) -> None:
    def ask() -> None:
        client = clickhouse.connect(clickhouse_url)
        try:
            client.execute(statement)
        finally:
            client.disconnect()

    reading.both(ask, words)


def test_a_clickhouse_that_refuses_or_is_away(reading: Reading, clickhouse_url: str, nobody: int) -> None:
    wrong = clickhouse.connect(with_password(clickhouse_url, "mistyped"))
    reading.both(lambda: wrong.execute("SELECT 1"), "ServerException: code 516 AUTHENTICATION_FAILED")
    away = clickhouse.connect(f"clickhouse://127.0.0.1:{nobody}")
    reading.both(lambda: away.execute("SELECT 1"), "NetworkError: code 210 NETWORK_ERROR", REFUSED)


def test_kafka_says_its_code_and_the_codes_text(reading: Reading, kafka_bootstrap: str, nobody: int) -> None:
    here = AdminClient(client_config(kafka_bootstrap))
    away = AdminClient({"bootstrap.servers": f"127.0.0.1:{nobody}", "log_level": 0})
    deleted = "KafkaException: code 3 UNKNOWN_TOPIC_OR_PART (Broker: Unknown topic or partition)"
    reading.both(here.delete_topics(["anna-example"])["anna-example"].result, deleted)
    reading.both(
        lambda: away.list_topics(timeout=0.3), "KafkaException: code -195 _TRANSPORT (Local: Broker transport failure)"
    )


def test_redis_says_its_word(reading: Reading, redis_url: str, nobody: int) -> None:
    with closing(cache.connect(redis_url)) as client:
        key = f"texts-{uuid4().hex}"
        client.set(key, PERSONAL)
        reading.both(lambda: client.lpush(key, PERSONAL), "ResponseError: WRONGTYPE")
        client.delete(key)
    with closing(cache.connect(f"redis://127.0.0.1:{nobody}")) as away:
        reading.both(away.ping, "ConnectionError", REFUSED)
    if "@" in redis_url:
        with closing(cache.connect(with_password(redis_url, "mistyped"))) as refused:
            reading.both(refused.ping, "AuthenticationError: invalid username-password pair")


def full() -> None:
    with open("/dev/full", "w") as disk:  # noqa: PTH123
        disk.write(PERSONAL)


def missing() -> None:
    os.stat(f"/nowhere/{PERSONAL}")  # noqa: PTH116


def unknown_host() -> None:
    socket.getaddrinfo("anna-example.invalid", 1)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (full, ["OSError: [Errno 28] No space left on device"]),
        (missing, ["FileNotFoundError: [Errno 2] No such file or directory"]),
        (unknown_host, ["gaierror: code -"]),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_the_operating_system_says_its_number_and_text(
    reading: Reading, call: Callable[[], None], words: list[str]
) -> None:
    reading.both(call, *words)


def test_nobody_listens(reading: Reading, nobody: int) -> None:
    reading.both(lambda: socket.create_connection(("127.0.0.1", nobody)), f"ConnectionRefusedError: {REFUSED}")
    reading.both(lambda: httpx.get(f"http://127.0.0.1:{nobody}/{PERSONAL}"), f"ConnectError: {REFUSED}")


@pytest.fixture
def answering() -> Iterator[Callable[[ssl.SSLContext | None], int]]:
    """Answers connections, with TLS or in plain text; says on which port."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve(context: ssl.SSLContext | None) -> int:
            def answer() -> None:
                while True:
                    try:
                        connection, _ = listening.accept()
                    except OSError:  # the test is over
                        return
                    with connection, suppress(OSError):
                        if context is None:
                            connection.sendall(PERSONAL.encode())
                        else:
                            context.wrap_socket(connection, server_side=True).close()

            threading.Thread(target=answer, daemon=True).start()
            return int(listening.getsockname()[1])

        yield serve
        listening.shutdown(socket.SHUT_RDWR)


def shake_hands(port: int, context: ssl.SSLContext, host: str) -> None:
    with (
        socket.create_connection(("127.0.0.1", port), timeout=30) as plain,
        context.wrap_socket(plain, server_hostname=host),
    ):
        pass


def test_tls_says_its_reason(reading: Reading, answering: Callable[[ssl.SSLContext | None], int]) -> None:
    port = answering(None)
    reading.both(
        lambda: shake_hands(port, ssl.create_default_context(), "localhost"), "SSLError", "WRONG_VERSION_NUMBER"
    )


def test_a_certificate_says_what_is_wrong_with_it_and_not_for_whom_it_is(
    reading: Reading, answering: Callable[[ssl.SSLContext | None], int]
) -> None:
    authority, server = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(server)
    port, client = answering(server), ssl.create_default_context()
    verify = "SSLCertVerificationError: CERTIFICATE_VERIFY_FAILED; code "
    reading.both(lambda: shake_hands(port, client, "localhost"), verify, "unable to get local issuer certificate")
    authority.configure_trust(client)
    reading.both(
        lambda: shake_hands(port, client, "anna.example"),
        verify,
        "Hostname mismatch, certificate is not valid for ***.",
    )


def test_words_that_stand_in_the_code_are_read_and_what_was_put_in_is_not(reading: Reading) -> None:
    def fail() -> None:
        raise LookupError(f"no review of {PERSONAL} in this batch")

    reading.both(fail, "LookupError: no review of *** in this batch")
    reading.both(lambda: int(PERSONAL), "ValueError")


@pytest.mark.parametrize("kind", sorted(set(psycopg.errors._sqlcodes.values()), key=lambda kind: kind.__name__))
def test_every_condition_of_postgresql_has_its_state_in_its_text(kind: type[psycopg.Error]) -> None:
    assert kind.sqlstate
    assert named_text(kind(PERSONAL)).startswith(f"{kind.__name__}: SQLSTATE {kind.sqlstate} ")
    assert "Anna" not in named_text(kind(PERSONAL))


WAYS = ((PERSONAL,), (PERSONAL, {"errors": [PERSONAL]}), ({"errmsg": PERSONAL},), ("7 Anna:1",), ())


def made(kind: type[Exception]) -> Exception:
    """An error of that class that says something personal, whatever arguments it wants."""
    for arguments in WAYS:
        with suppress(TypeError, AttributeError, ValueError):
            return kind(*arguments)
    return kind.__new__(kind)


def classes(module: ModuleType, root: type[BaseException]) -> list[type[Exception]]:
    found = {one for one in vars(module).values() if inspect.isclass(one) and issubclass(one, root)}
    return sorted(found, key=lambda kind: kind.__name__)


EVERY = [
    *classes(mongo_errors, mongo_errors.PyMongoError),
    *classes(clickhouse_errors, clickhouse_errors.Error),
    *classes(redis.exceptions, redis.exceptions.RedisError),
    *classes(agents, agents.KafkaError),
    *classes(httpx, httpx.HTTPError),
    *classes(ssl, ssl.SSLError),
    *classes(socket, OSError),
]


@pytest.mark.parametrize("kind", EVERY, ids=lambda kind: f"{kind.__module__}.{kind.__name__}")
def test_no_class_of_a_driver_quotes_what_it_was_given(kind: type[Exception]) -> None:
    error = made(kind)
    assert named_text(error).startswith(kind.__name__)
    assert "Anna" not in named_text(error)


@pytest.mark.parametrize("code", sorted(code for code in errno.errorcode))
def test_every_number_of_the_system_has_its_text_and_no_path(code: int) -> None:
    said = named_text(OSError(code, PERSONAL, PERSONAL))
    assert said.endswith(f": [Errno {code}] {os.strerror(code)}")
    assert "Anna" not in said


@pytest.mark.parametrize("code", [1, 60, 241, 252])
def test_codes_of_clickhouse_come_with_their_constants(code: int) -> None:
    name = next(name for name, value in vars(clickhouse_errors.ErrorCodes).items() if value == code)
    assert named_text(clickhouse_errors.ServerException(PERSONAL, code)) == f"ServerException: code {code} {name}"


def test_codes_of_kafka_come_with_their_names() -> None:
    for name, code in vars(KafkaError).items():
        if name.isupper() and isinstance(code, int) and code:
            said = named_text(KafkaException(KafkaError(code, PERSONAL)))
            assert said.startswith(f"KafkaException: code {code} "), name
            assert "Anna" not in said
