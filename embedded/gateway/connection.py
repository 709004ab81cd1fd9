"""One client from Hello to goodbye, in one thread."""

from __future__ import annotations

import hmac
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from embedded.gateway.engine import Engine
from embedded.gateway.errors import (
    AUTHENTICATION_FAILED,
    SOCKET_TIMEOUT,
    UNEXPECTED_PACKET_FROM_CLIENT,
    UNKNOWN_EXCEPTION,
    UNKNOWN_PACKET_FROM_CLIENT,
    FatalError,
    GatewayError,
)
from embedded.gateway.external import quoted
from embedded.gateway.limits import Limits
from embedded.gateway.link import Link
from embedded.gateway.packets import Answer, FromClient, Hello, read_hello, read_query
from embedded.gateway.query import QueryRunner
from embedded.gateway.session import EngineSession
from embedded.gateway.watch import Watcher
from telemetry.error_text import named_text

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Credentials:
    """The one account of a gateway."""

    user: str
    password: str

    def match(self, hello: Hello) -> bool:
        """Both parts are always compared, in constant time, so that timing reveals nothing."""
        user = hmac.compare_digest(self.user.encode(), hello.user.encode())
        password = hmac.compare_digest(self.password.encode(), hello.password.encode())
        return user and password


class ClientConnection:
    """`serve` returns when the client has left or was refused; it raises nothing."""

    def __init__(self, link: Link, engine: Engine, watcher: Watcher, credentials: Credentials, limits: Limits) -> None:
        self._link = link
        self._answer = Answer(link.writer)
        self._engine = engine
        self._watcher = watcher
        self._credentials = credentials
        self._limits = limits

    def serve(self) -> None:
        """Greet, then answer packets until the end."""
        session: EngineSession | None = None
        try:
            hello = self._greet()
            session = self._engine.session()
            self._enter(session, hello)
            runner = QueryRunner(self._link, session, self._engine, self._watcher, self._limits)
            while True:
                self._serve_packet(runner)
                self._answer.flush()
        except GatewayError as error:
            self._send_error(error)
        except TimeoutError:
            self._send_error(
                FatalError(SOCKET_TIMEOUT, "The client was silent for too long; the connection is closed.")
            )
        except (EOFError, OSError):
            pass  # the client went away
        except Exception as error:  # noqa: BLE001 - one client must not take the others down
            # Only the place: messages and local variables may hold a customer's data.
            place = traceback.extract_tb(error.__traceback__)[-1]
            log.error("gateway.connection_failed", error=named_text(error), at=f"{place.name}:{place.lineno}")  # noqa: TRY400 - no traceback on purpose
            self._send_error(
                FatalError(UNKNOWN_EXCEPTION, f"The gateway failed ({type(error).__name__}); see its log.")
            )
        finally:
            self._link.close()
            if session is not None:
                session.close()

    def refuse(self, error: GatewayError) -> None:
        """Refuse this client."""
        self._send_error(error)
        self._link.close()

    def _greet(self) -> Hello:
        """Authenticate. The whole of Hello must arrive within the limit, however slowly it trickles in."""
        self._link.deadline = time.monotonic() + self._limits.handshake_seconds
        if self._link.reader.varint() != FromClient.HELLO:
            raise FatalError(UNEXPECTED_PACKET_FROM_CLIENT, "Unexpected packet from client: Hello was expected.")
        hello = read_hello(self._link.reader)
        self._link.deadline = None
        if not self._credentials.match(hello):
            log.warning("gateway.authentication_failed")
            raise FatalError(
                AUTHENTICATION_FAILED,
                f"{hello.user}: Authentication failed: password is incorrect, or there is no user with such name.",
            )
        return hello

    def _enter(self, session: EngineSession, hello: Hello) -> None:
        if hello.database:
            session.execute(f"USE {quoted(hello.database)}")
        self._answer.hello(self._engine.info)
        self._answer.flush()

    def _serve_packet(self, runner: QueryRunner) -> None:
        """Wait for a packet and answer it. An idle client is disconnected silently: it will simply reconnect."""
        self._link.wait_seconds = self._limits.idle_seconds
        try:
            packet = self._link.reader.varint()
        except TimeoutError:
            raise EOFError from None
        self._link.wait_seconds = self._limits.receive_seconds
        handler = self._handlers(runner).get(packet)
        if handler is None:
            raise FatalError(*_unexpected(packet))
        handler()

    def _handlers(self, runner: QueryRunner) -> dict[int, Callable[[], None]]:
        return {
            FromClient.QUERY: lambda: self._query(runner),
            FromClient.PING: self._answer.pong,
            FromClient.CANCEL: lambda: None,  # of a query that has just ended
        }

    def _query(self, runner: QueryRunner) -> None:
        try:
            runner.run(read_query(self._link.reader, self._limits))
        except FatalError:
            raise
        except GatewayError as error:
            self._answer.exception(error)

    def _send_error(self, error: GatewayError) -> None:
        try:
            self._answer.exception(error)
            self._answer.flush()
        except OSError:
            log.debug("gateway.error_not_delivered", code=error.code)


def _unexpected(packet: int) -> tuple[int, str]:
    if packet in {FromClient.HELLO, FromClient.DATA}:
        return UNEXPECTED_PACKET_FROM_CLIENT, f"Unexpected packet {FromClient(packet).name.title()} from client."
    return (
        UNKNOWN_PACKET_FROM_CLIENT,
        f"Unknown packet {packet} from client; this gateway speaks Query, Data, Cancel and Ping.",
    )
