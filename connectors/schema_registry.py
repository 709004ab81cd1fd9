"""A Confluent-compatible schema registry, by confluent-kafka's client: look-up by id, and import under given ids.

Needs the extra `registry`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit, urlunsplit

import attrs
import httpx2
from confluent_kafka.schema_registry import Schema, SchemaRegistryClient
from confluent_kafka.schema_registry.error import SchemaRegistryError

from connectors.faults import Fault, Faults, by_code
from schemas.errors import InvalidInput, PermanentError, TransientError, Unavailable

COMPATIBILITY = "BACKWARD_TRANSITIVE"
NOT_FOUND = 404
TLS_FILES = frozenset({"ssl.ca.location", "ssl.certificate.location", "ssl.key.location"})
FAULTS = Faults(
    {SchemaRegistryError: Fault.PERMANENT, httpx2.HTTPError: Fault.TRANSIENT},
    by_code({Fault.FATAL: (401, 403), Fault.TRANSIENT: (408, 429, 500, 502, 503, 504)}),
    lambda error: (getattr(error, "http_status_code", None),),
)
RAISED = {Fault.TRANSIENT: TransientError, Fault.FATAL: Unavailable}


class SchemaRegistry:
    """Reads from and registers in a registry. Errors quote the server's message, never its URL."""

    def __init__(self, client: SchemaRegistryClient) -> None:
        self._client = client

    def close(self) -> None:
        """Close its connections."""
        self._client.close()

    def schema(self, schema_id: int) -> Mapping[str, Any] | None:
        """The Avro record with that id; None if the registry has none.

        Raises InvalidInput for a schema of another kind, TransientError when the registry does not answer.
        """
        found = self._found(schema_id)
        if found is None:
            return None
        source = _record(found)
        if source is None:
            raise InvalidInput(
                f"schema {schema_id} in the registry is not a self-contained Avro record",
                field="schema id",
                reason="wrong_schema",
            )
        return source

    def versions(self, subject: str) -> list[int]:
        """The versions of a subject; empty if there is no such subject."""
        with _explained():
            try:
                return list(self._client.get_versions(subject))
            except SchemaRegistryError as error:
                if error.http_status_code == NOT_FOUND:
                    return []
                raise

    def put(self, subject: str, version: int, schema_id: int, source: Mapping[str, Any]) -> bool:
        """Register a schema under exactly this id and version; False if it is already.

        From then on the subject accepts only what reads all earlier versions. Raises InvalidInput when the id is taken.
        """
        if self.is_registered(subject, version, schema_id, source):
            return False
        pinned = _pinned(json.dumps(source), schema_id=schema_id, version=version)
        with _explained(), self._importing(subject):
            given = self._client.register_schema_full_response(subject, pinned)
        if given.schema_id != schema_id:
            raise PermanentError(
                f"{subject}: the registry gave it id {given.schema_id} and not {schema_id}: it does not import ids"
            )
        with _explained():
            self._client.set_compatibility(subject, COMPATIBILITY)
        return True

    def is_registered(self, subject: str, version: int, schema_id: int, source: Mapping[str, Any]) -> bool:
        """Whether it is registered under this id and version. Raises InvalidInput when another schema has the id."""
        found = self._found(schema_id)
        if found is not None and _record(found) != source:
            raise InvalidInput(
                f"{subject}: another schema has id {schema_id} in this registry; give reviewstream a context of its own:"
                " end REVIEWSTREAM_SCHEMA_REGISTRY_URL with /contexts/.reviewstream",
                field="schema id",
                reason="id_taken",
            )
        return found is not None and version in self.versions(subject)

    def _found(self, schema_id: int) -> Any:
        with _explained():
            try:
                return self._client.get_schema(schema_id)
            except SchemaRegistryError as error:
                if error.http_status_code == NOT_FOUND:
                    return None
                raise

    @contextmanager
    def _importing(self, subject: str) -> Iterator[None]:
        """Only in this mode does a registry accept given ids."""
        self._client.update_mode(subject, "IMPORT", force=True)
        try:
            yield
        finally:
            self._client.update_mode(subject, "READWRITE", force=True)


def _record(found: Any) -> dict[str, Any] | None:
    """An Avro record that references no other schema; None for anything else in a registry."""
    if found.schema_type != "AVRO" or found.references:
        return None
    try:
        source = json.loads(found.schema_str)
    except ValueError:
        return None
    return source if isinstance(source, dict) else None


@attrs.frozen
class _Pinned(Schema):  # type: ignore[misc]
    """A schema that requests its id and version."""

    schema_id: int = 0
    version: int = 0

    def to_dict(self) -> dict[str, Any]:
        """The body of the request."""
        return {**super().to_dict(), "id": self.schema_id, "version": self.version}


_pinned: Callable[..., Any] = _Pinned


def connect(url: str, *, timeout: float = 5.0) -> SchemaRegistry:
    """A client for `https://[user:password@]host[:port][/contexts/.name][?ssl.ca.location=…]`.

    Raises InvalidInput for another form.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https", "mock"}:
        raise InvalidInput("REVIEWSTREAM_SCHEMA_REGISTRY_URL: begin it with https:// or http://", field="url")
    files = dict(parse_qsl(parts.query, keep_blank_values=True))
    if unknown := files.keys() - TLS_FILES:
        raise InvalidInput(f"REVIEWSTREAM_SCHEMA_REGISTRY_URL: it has no option {min(unknown)}", field="url")
    place = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2], query=""))
    config: dict[str, Any] = {"url": place, "timeout": timeout, "max.retries": 2, **files}
    if parts.username:  # outside the URL, which a library may log
        config["basic.auth.user.info"] = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
    return SchemaRegistry(SchemaRegistryClient.new_client(config))


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except (SchemaRegistryError, httpx2.HTTPError) as error:
        kind = RAISED.get(FAULTS.of(error) or Fault.PERMANENT, PermanentError)
        message = getattr(error, "error_message", None) or type(error).__name__
        status = getattr(error, "http_status_code", "no answer")
        raise kind(f"schema registry: {status}: {message}; see REVIEWSTREAM_SCHEMA_REGISTRY_URL") from None
