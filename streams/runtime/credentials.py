"""What Faust needs to enter a broker, from the same URL as every other client of it."""

from __future__ import annotations

import ssl

from faust import SASLCredentials, SSLCredentials

from connectors import tls
from connectors.kafka_url import CA, CERTIFICATE, KEY, KEY_PASSWORD, Broker


def credentials(broker: Broker) -> SASLCredentials | SSLCredentials | None:
    """None for a broker that lets anybody in over plaintext. Raises OSError for unusable certificate files."""
    if broker.sasl:
        return SASLCredentials(
            username=broker.username,
            password=broker.password,
            mechanism=broker.mechanism,
            ssl_context=context(broker) if broker.tls else None,
        )
    return SSLCredentials(context(broker)) if broker.tls else None


def context(broker: Broker) -> ssl.SSLContext:
    """TLS as the URL wants it."""
    return tls.context(
        ca=broker.options.get(CA),
        certificate=broker.options.get(CERTIFICATE),
        key=broker.options.get(KEY),
        key_password=broker.options.get(KEY_PASSWORD),
        verify=broker.verified,
        check_hostname=broker.name_checked,
    )
