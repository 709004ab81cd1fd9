"""ClickHouse's protocol and MongoDB's behind a TLS front: the handshake is real, the server behind it needs no TLS."""

from __future__ import annotations

import ssl
from typing import Any

import pytest

from connectors import clickhouse as clickhouse_client
from connectors import mongo
from connectors import ping as ping_module
from connectors.endpoints import endpoint
from connectors.ping import ping
from connectors.preflight import preflight
from embedded.clickhouse import ClickHouse
from embedded.datadir import DataDir
from embedded.secantus import Secantus
from schemas.errors import Unavailable
from tests.servers import running
from tests.tls.authority import Certificates
from tests.tls.conftest import behind
from tests.tls.front import tls_front

REFUSED = (*clickhouse_client.TRANSIENT, *mongo.TRANSIENT)
BOTH = pytest.mark.parametrize("name", ["clickhouse", "mongo"])


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """MongoDB's driver tries again for as long as it may, also where it is refused."""
    monkeypatch.setattr(ping_module, "SECONDS", 1.0)


def server_of(name: str, request: pytest.FixtureRequest) -> Any:
    return request.getfixturevalue("secantus" if name == "mongo" else name)


def test_clickhouse_rows_come_back(tls_clickhouse_url: str):
    client = clickhouse_client.connect(tls_clickhouse_url)
    assert client.execute("SELECT number FROM numbers(3)") == [(0,), (1,), (2,)]
    assert client.connection.socket.version() == "TLSv1.3"
    client.disconnect()


def test_mongo_documents_come_back(tls_mongo_url: str):
    with mongo.connect(tls_mongo_url) as client:
        client["tls"]["probe"].insert_one({"_id": 1})
        assert client["tls"]["probe"].find_one() == {"_id": 1}
        client["tls"]["probe"].drop()


@BOTH
def test_another_authority_is_refused(name: str, certificates: Certificates, request):
    url = request.getfixturevalue(f"tls_{name}_url").replace(str(certificates.ca), str(certificates.other_ca))
    with pytest.raises(Unavailable, match=f"^REVIEWSTREAM_{name.upper()}_URL: .*signed by no authority"):
        preflight(name, url)


@BOTH
def test_a_wrong_password_is_refused(name: str, request):
    secret = server_of(name, request).url.partition("@")[0].rpartition(":")[2]
    with pytest.raises(Unavailable, match="refuses the user or the password") as caught:
        preflight(name, request.getfixturevalue(f"tls_{name}_url").replace(secret, "mistyped"))
    assert "mistyped" not in str(caught.value)


@BOTH
@pytest.mark.parametrize(("which", "told"), [("elsewhere", "does not match the URL"), ("expired", "has expired")])
def test_a_certificate_that_is_not_good_is_refused(
    name: str, which: str, told: str, certificates: Certificates, request
):
    server = server_of(name, request)
    with (
        tls_front(server.port, getattr(certificates, which)) as port,
        pytest.raises(Unavailable, match=told),
    ):
        preflight(name, behind(server, port, certificates))


@BOTH
def test_a_plaintext_url_at_a_tls_port_is_told(name: str, request, certificates: Certificates):
    server = server_of(name, request)
    with tls_front(server.port, certificates.server) as port:
        direct = server.url.replace(f":{server.port}/", f":{port}/").replace("replicaSet=", "directConnection=true&x=")
        plain = direct.replace("&x=secantus", "")
        with pytest.raises(Unavailable, match="speaks TLS on this port"):
            preflight(name, plain)


def test_a_tls_url_at_a_plaintext_port_is_told(clickhouse: ClickHouse, certificates: Certificates):
    with pytest.raises(Unavailable, match="does not speak TLS on this port"):
        preflight("clickhouse", behind(clickhouse, clickhouse.port, certificates))


@BOTH
@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1_1 is deprecated")
def test_nothing_older_than_tls_1_2_is_spoken(name: str, certificates: Certificates, request):
    server = server_of(name, request)
    with tls_front(server.port, certificates.server, highest=ssl.TLSVersion.TLSv1_1) as port:
        url = behind(server, port, certificates)
        with pytest.raises(ssl.SSLError):
            endpoint(name, url).handshake()
        with pytest.raises(REFUSED):
            ping(name, url)
    with tls_front(server.port, certificates.server, highest=ssl.TLSVersion.TLSv1_2) as port:
        url = behind(server, port, certificates)
        assert endpoint(name, url).handshake() == "TLSv1.2"
        ping(name, url)


class SecantusWithTls(Secantus):
    """Its own TLS, in place of a front."""

    def __init__(self, data: DataDir, certificates: Certificates) -> None:
        super().__init__(data)
        self._made = certificates

    @property
    def url(self) -> str:
        return f"{super().url}&tls=true&tlsCAFile={self._made.ca}"

    def argv(self) -> list[str]:
        identity = self._made.server
        return [*super().argv(), "--tls-cert-file", str(identity.certificate), "--tls-key-file", str(identity.key)]


@pytest.mark.long
def test_a_replica_set_with_tls_of_its_own(certificates: Certificates, tmp_path_factory: pytest.TempPathFactory):
    for server in running(SecantusWithTls(DataDir(tmp_path_factory.mktemp("secantus-tls")), certificates)):
        with mongo.connect(server.url) as client:
            assert client.admin.command("hello")["setName"] == "secantus"
        with pytest.raises(Unavailable, match="signed by no authority that we trust"):
            preflight("mongo", server.url.replace(str(certificates.ca), str(certificates.other_ca)))
