"""The embedded broker with two more listeners: TLS with client certificates, and SASL over TLS, with rights by user."""

from __future__ import annotations

from typing import ClassVar
from urllib.parse import quote

from confluent_kafka.admin import (
    AdminClient,
    ScramCredentialInfo,
    ScramMechanism,
    UserScramCredentialUpsertion,
)

from embedded.datadir import DataDir
from embedded.kafka import Kafka
from tests.tls.authority import Certificates, Identity

PASSWORD = "p@ss/w:rd %25,;"
"""Everything that a URL could stumble over."""
USER, NOBODY = "reviewstream", "nobody"
EXTRA = """
listeners=PLAINTEXT://127.0.0.1:{plain},CONTROLLER://127.0.0.1:{controller},SSL://127.0.0.1:{ssl},SASL_SSL://127.0.0.1:{sasl}
advertised.listeners=PLAINTEXT://127.0.0.1:{plain},SSL://127.0.0.1:{ssl},SASL_SSL://127.0.0.1:{sasl}
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SSL:SSL,SASL_SSL:SASL_SSL
ssl.keystore.type=PEM
ssl.keystore.location={keystore}
ssl.truststore.type=PEM
ssl.truststore.location={ca}
listener.name.ssl.ssl.client.auth=required
sasl.enabled.mechanisms=SCRAM-SHA-512,SCRAM-SHA-256,PLAIN
listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
listener.name.sasl_ssl.scram-sha-256.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
listener.name.sasl_ssl.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required user_{user}="{password}";
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
ssl.principal.mapping.rules=RULE:^.*CN=([a-z]+).*$/$1/
super.users=User:ANONYMOUS;User:{user}
"""


class TlsKafka(Kafka):
    """Over plaintext, which only the test's set-up uses, everybody may do everything."""

    name: ClassVar[str] = "kafka"

    def __init__(self, data: DataDir, certificates: Certificates, identity: Identity | None = None) -> None:
        super().__init__(data)
        self._certificates, self._identity = certificates, identity or certificates.server

    @property
    def ports(self) -> tuple[str, ...]:
        return (*super().ports, "kafka_ssl", "kafka_sasl")

    def _write_properties(self, log_dir: str) -> None:
        super()._write_properties(log_dir)
        ports = {name: self.data.port(f"kafka_{name}") for name in ("controller", "ssl", "sasl")}
        text = EXTRA.format(
            plain=self.port, **ports, keystore=self._identity.both, ca=self._certificates.ca,
            user=USER, password=PASSWORD,
        )  # fmt: skip
        with self.properties.open("a") as file:  # of two lines with the same name the later one counts
            file.write(text)

    def provision(self) -> None:
        admin = AdminClient({"bootstrap.servers": self.bootstrap})
        mechanisms = (ScramMechanism.SCRAM_SHA_512, ScramMechanism.SCRAM_SHA_256)
        wanted = [
            UserScramCredentialUpsertion(user, ScramCredentialInfo(mechanism, 4096), PASSWORD.encode())
            for user in (USER, NOBODY)
            for mechanism in mechanisms
        ]
        for each in wanted:  # one at a time: a user may be altered once a request
            admin.alter_user_scram_credentials([each])[each.user].result(20)

    def ssl_url(self, *options: str) -> str:
        """TLS with a client certificate."""
        client = self._certificates.client
        mine = (f"ssl.certificate.location={client.certificate}", f"ssl.key.location={client.key}")
        return f"kafka+ssl://127.0.0.1:{self.data.port('kafka_ssl')}?{'&'.join([self._ca, *mine, *options])}"

    def sasl_url(self, *options: str, user: str = USER, password: str = PASSWORD, host: str = "127.0.0.1") -> str:
        """A user with a password over TLS."""
        place = f"{user}:{quote(password, safe='')}@{host}:{self.data.port('kafka_sasl')}"
        return f"kafka+sasl_ssl://{place}?{'&'.join([self._ca, *options])}"

    @property
    def _ca(self) -> str:
        return f"ssl.ca.location={self._certificates.ca}"
