"""Kafka Connect by https, behind a TLS side-car: what its URL says of files, and what is said when they do not fit."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from debezium.client import client
from debezium.rest import Connect, Refused
from embedded.connect import Connect as Running
from embedded.kafka import Kafka
from reviewstream.doctor import connect as examination
from reviewstream.doctor.findings import Level, Subject
from reviewstream.settings import load
from schemas.errors import InvalidInput
from tests.tls.authority import Certificates
from tests.tls.front import tls_front


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return Certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture
def front(connect: Running, certificates: Certificates) -> Iterator[int]:
    with tls_front(plain(connect), certificates.server) as port:
        yield port


def plain(connect: Running) -> int:
    """Where it listens without TLS."""
    port = urlsplit(connect.url).port
    assert port is not None
    return port


def version(url: str) -> str:
    with Connect(url) as connect:
        return connect.about().version


def test_an_authority_of_one_s_own_is_named_in_the_url(front: int, certificates: Certificates) -> None:
    assert version(f"https://127.0.0.1:{front}?ssl.ca.location={certificates.ca}").startswith("4.")


@pytest.mark.parametrize("foreign", [True, False], ids=["another authority", "none named"])
def test_whoever_another_authority_signed_is_refused_with_the_fix(
    foreign: bool, front: int, certificates: Certificates
) -> None:
    query = f"?ssl.ca.location={certificates.other_ca}" if foreign else ""
    fix = r"no authority that we trust; .*ssl\.ca\.location=.* in REVIEWSTREAM_CONNECT_URL"
    with pytest.raises(Refused, match=fix) as refused:
        version(f"https://operator:let-me-in@127.0.0.1:{front}{query}")
    assert "let-me-in" not in str(refused.value)


def test_a_port_without_tls_is_told_as_such(connect: Running, certificates: Certificates) -> None:
    with pytest.raises(Refused, match="does not speak TLS on this port"):
        version(f"https://127.0.0.1:{plain(connect)}?ssl.ca.location={certificates.ca}")


def test_a_certificate_for_another_name_is_refused(connect: Running, certificates: Certificates) -> None:
    with (
        tls_front(plain(connect), certificates.elsewhere) as port,
        pytest.raises(Refused, match="does not match the URL"),
    ):
        version(f"https://127.0.0.1:{port}?ssl.ca.location={certificates.ca}")


def test_the_doctor_gets_through_or_says_what_to_do(
    front: int, certificates: Certificates, kafka: Kafka, tmp_path: Path
) -> None:
    settings, url = load(kafka_url=f"kafka://{kafka.bootstrap}", data_dir=tmp_path), f"https://127.0.0.1:{front}"
    well = list(examination.examine(Subject("connect"), f"{url}?ssl.ca.location={certificates.ca}", settings))
    assert {each.level for each in well} == {Level.OK}
    assert [each.detail for each in well if each.check == "tls"] == ["https, certificate and host name verified"]
    (amiss,) = examination.examine(Subject("connect"), url, settings)
    assert (amiss.check, amiss.level) == ("login", Level.PROBLEM)
    assert "ssl.ca.location" in amiss.fix


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("connect.example:8083", "write https://"),
        ("https://", "write https://"),
        ("https://connect.example?sslrootcert=/x", "it has no option sslrootcert"),
        ("http://connect.example?ssl.ca.location=/x", "ssl.ca.location needs https://"),
        ("https://user:secret@connect.example?ssl.ca.location=/nowhere.pem", "one of ssl.ca.location cannot be used"),
    ],
)
def test_a_url_that_cannot_be_used_is_an_error_of_its_setting(url: str, said: str) -> None:
    with pytest.raises(InvalidInput, match="REVIEWSTREAM_CONNECT_URL: ") as refused:
        client(url, timeout=1)
    assert said in str(refused.value)
    assert "secret" not in str(refused.value)
