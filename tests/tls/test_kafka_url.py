"""What a Kafka URL may say, and what it is told when it says something else."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.kafka_url import parse
from schemas.errors import InvalidInput

SECRET = "s3cret"


def test_plaintext_needs_nothing_but_servers():
    assert parse("kafka://a:1,b:2").config() == {"bootstrap.servers": "a:1,b:2"}
    assert parse("a:1").config() == {"bootstrap.servers": "a:1"}


def test_tls_verifies_certificate_and_name_by_default():
    broker = parse("kafka+ssl://a:1?ssl.ca.location=/ca.pem")
    assert broker.config() == {
        "bootstrap.servers": "a:1", "security.protocol": "SSL", "ssl.ca.location": "/ca.pem",
    }  # fmt: skip
    assert broker.verified
    assert broker.name_checked


def test_sasl_proves_its_password_by_scram_unless_told_otherwise():
    assert parse("kafka+sasl_ssl://u:p@a:1").mechanism == "SCRAM-SHA-512"
    assert parse("kafka+sasl_ssl://u:p@a:1?sasl.mechanism=PLAIN").config()["sasl.mechanism"] == "PLAIN"


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=30))
def test_any_password_comes_through_when_percent_encoded(password: str):
    broker = parse(f"kafka+sasl_ssl://user:{quote(password, safe='')}@a:1,b:2?sasl.mechanism=PLAIN")
    assert (broker.servers, broker.username, broker.password) == ("a:1,b:2", "user", password)


@pytest.mark.parametrize(
    ("url", "told"),
    [
        (f"kafkas://u:{SECRET}@a:1", "begin it with one of kafka://"),
        ("kafka+ssl://", "names no server"),
        (f"kafka://u:{SECRET}@a:1", "a user, which only kafka[+]sasl_ssl://"),
        ("kafka+sasl_ssl://a:1", "SASL needs user:password@"),
        (f"kafka+sasl_ssl://u:{SECRET}@a:1?sasl.mechanism=GSSAPI", "sasl.mechanism must be one of SCRAM-SHA-512"),
        (f"kafka+sasl_ssl://u:{SECRET}@a:1?ssl.ca=/ca.pem", "no option ssl.ca; known are"),
        ("kafka://a:1?ssl.ca.location=/ca.pem", "options for TLS"),
    ],
)
def test_a_wrong_url_is_told_what_to_change_and_never_quoted(url: str, told: str):
    with pytest.raises(InvalidInput, match=f"REVIEWSTREAM_KAFKA_URL: .*{told}") as caught:
        parse(url)
    assert SECRET not in str(caught.value)


def test_nothing_secret_shows_in_a_repr():
    broker = parse(f"kafka+sasl_ssl://u:{SECRET}@a:1?ssl.key.password={SECRET}&ssl.key.location=/k")
    assert SECRET not in repr(broker)
