"""The certificate files that a URL names. Each driver fails on a missing one in its own, mostly puzzling, way."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from schemas.errors import InvalidInput

OPTIONS = frozenset(
    {
        *("sslrootcert", "sslcert", "sslkey", "sslcrl"),
        *("ssl.ca.location", "ssl.certificate.location", "ssl.key.location"),
        *("tlsCAFile", "tlsCertificateKeyFile", "tlsCRLFile"),
        *("ca_certs", "certfile", "keyfile"),
        *("ssl_ca_certs", "ssl_certfile", "ssl_keyfile"),
    }
)
SYSTEM = "system"
"""libpq's word for the authorities that the system trusts, where others have a path."""


def check(setting: str, url: str) -> None:
    """Raises InvalidInput that names the setting and the option for a file that cannot be read."""
    for option, path in parse_qsl(urlsplit(url).query):
        if option in OPTIONS and path != SYSTEM:
            try:
                Path(path).open("rb").close()
            except OSError as error:
                raise InvalidInput(f"{setting}: {option} names {path}: {error.strerror}", field=option) from None
