"""Kafka Connect's REST interface: validate, register, show, stop, resume, remove."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import httpx

from connectors.diagnosis import reason
from connectors.wait import TimedOut, wait_until
from debezium.client import SETTING, client
from schemas.errors import InvalidInput, PermanentError, Unavailable
from telemetry.error_text import named_text

BUSY = frozenset({409, 500, 503})
"""Statuses while Connect's workers rebalance or have just started: the same request may succeed a second later."""
CLASS = re.compile(r"^(?:Caused by: )?([\w.$]+(?:Exception|Error))\b", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class ConnectorState:
    """`connector` and `task`: RUNNING, PAUSED, STOPPED, UNASSIGNED, FAILED …; `task` is empty while there is none.

    `error` names the classes of the exceptions that made it fail, never their texts, which may quote rows.
    """

    connector: str
    task: str
    error: str

    @property
    def runs(self) -> bool:
        """Whether it is capturing."""
        return self.connector == self.task == "RUNNING"


@dataclass(frozen=True, slots=True)
class About:
    """Connect's version, and the id of the Kafka cluster that it runs on."""

    version: str
    cluster_id: str


class Refused(Unavailable):
    """Connect answers, but refuses us."""


class Connect:
    """Connect at `url`, which may have user and password. Use as a context manager.

    All methods raise Unavailable when Connect does not answer, and PermanentError for an unexpected answer.
    """

    def __init__(self, url: str, *, timeout: float = 30.0, patience: float = 30.0) -> None:
        """`timeout` in seconds for one answer; `patience` for retries while Connect is busy. Raises InvalidInput for a bad URL."""
        where = urlsplit(url)
        self.place = f"{where.hostname}:{where.port}"
        self._patience = patience
        self._client = client(url, timeout=timeout)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close its connections."""
        self._client.close()

    def about(self) -> About:
        """Its root page. Raises Unavailable if the server is not Kafka Connect."""
        answer = self._ask("GET", "/")
        try:
            page = self._json(answer)
            return About(str(page["version"]), str(page["kafka_cluster_id"]))
        except (PermanentError, ValueError, LookupError, TypeError):
            raise Unavailable(f"the server at {self.place} is not Kafka Connect; correct {SETTING}") from None

    def plugins(self) -> dict[str, str]:
        """Every class on its plugin.path: connectors, converters, transformations, predicates; each with its version."""
        answer = self._ask("GET", "/connector-plugins?connectorsOnly=false")
        return {each["class"]: str(each.get("version", "")) for each in self._json(answer)}

    def names(self) -> list[str]:
        """All registered connectors, ours or not. Raises Refused when we may not list them."""
        return list(self._json(self._ask("GET", "/connectors")))

    def validate(self, config: Mapping[str, str]) -> None:
        """Have the connector validate its configuration. Raises InvalidInput with every field that it rejects."""
        found = self.problems(config)
        if found:
            text = "\n".join(f"{name}: {problem}" for name, problem in found.items())
            raise InvalidInput(text, field=next(iter(found)), reason="connector")

    def problems(self, config: Mapping[str, str]) -> dict[str, str]:
        """The problems that the connector, or Connect itself, reports for each field of a configuration."""
        path = f"/connector-plugins/{config['connector.class']}/config/validate"
        answer = self._ask("PUT", path, dict(config))
        if answer.status_code == httpx.codes.NOT_FOUND:
            kind = config["connector.class"].rpartition(".")[2]
            raise Unavailable(f"Connect at {self.place} has no {kind}; put Debezium's plugin on its plugin.path")
        values = [each["value"] for each in self._json(answer)["configs"] if each["value"]]  # null where none was given
        return {value["name"]: "; ".join(value["errors"]) for value in values if value["errors"]}

    def put(self, name: str, config: Mapping[str, str], *, running: bool) -> None:
        """Register the connector, or change its configuration. An existing one stays running or stopped; if it
        failed, it is restarted.
        """
        known = self.config(name)
        if known is None:
            state = "RUNNING" if running else "STOPPED"
            self._json(self._ask("POST", "/connectors", {"name": name, "config": config, "initial_state": state}))
            self.until(name, lambda found: found is not None and found.connector == state)
        elif known != config:
            self._json(self._ask("PUT", f"/connectors/{name}/config", dict(config)))
        else:
            self._json(self._ask("POST", f"/connectors/{name}/restart?includeTasks=true&onlyFailed=true"))

    def config(self, name: str) -> dict[str, str] | None:
        """The configuration it was registered with; None if it is not registered."""
        answer = self._ask("GET", f"/connectors/{name}/config")
        return None if answer.status_code == httpx.codes.NOT_FOUND else dict(self._json(answer))

    def state(self, name: str) -> ConnectorState | None:
        """Its current state, or None if it is not registered."""
        answer = self._ask("GET", f"/connectors/{name}/status")
        if answer.status_code == httpx.codes.NOT_FOUND:
            return None
        status = self._json(answer)
        parts = [status["connector"], *status["tasks"]]
        trace = "\n".join(part.get("trace", "") for part in parts)
        states = [part["state"] for part in status["tasks"]]
        return ConnectorState(
            status["connector"]["state"], next(iter(states), ""), " <- ".join(dict.fromkeys(_classes(trace)))
        )

    def resume(self, name: str) -> None:
        """Resume capturing."""
        self._json(self._ask("PUT", f"/connectors/{name}/resume"))

    def stop(self, name: str) -> None:
        """Stop it, and return when its task has ended: it holds no connection then."""
        self._json(self._ask("PUT", f"/connectors/{name}/stop"))
        self.until(name, lambda state: state is not None and state.connector == "STOPPED" and not state.task)

    def remove(self, name: str) -> None:
        """Remove it with its offsets."""
        self.stop(name)
        self._json(self._ask("DELETE", f"/connectors/{name}/offsets"))
        self._json(self._ask("DELETE", f"/connectors/{name}"))
        self.until(name, lambda state: state is None)

    def until(self, name: str, holds: Any) -> ConnectorState | None:
        """Wait until `holds(state)`; raises Unavailable when that takes too long."""
        state: ConnectorState | None = None

        def reached() -> bool:
            nonlocal state
            state = self.state(name)
            return bool(holds(state))

        try:
            wait_until(reached, self._patience, what="it to change")
        except TimedOut as late:
            said = f"{state.connector}, its task {state.task or 'not started'} {state.error}" if state else "gone"
            raise Unavailable(
                f"connector {name} is {said.strip()} ({late}); see the log of Connect at {self.place}"
            ) from None
        return state

    def _ask(self, method: str, path: str, body: Any = None) -> httpx.Response:
        try:
            return self._patiently(lambda: self._client.request(method, path, json=body))
        except httpx.HTTPError as error:
            if (diagnosis := reason("http", str(error))) is not None:
                raise Refused(f"Connect at {self.place}: {diagnosis.cause}; {diagnosis.fix} in {SETTING}") from None
            raise Unavailable(
                f"Connect at {self.place} does not answer ({named_text(error)}); "
                f"start it with `reviewstream up --cdc`, or correct {SETTING}"
            ) from None

    def _patiently(self, ask: Callable[[], httpx.Response]) -> httpx.Response:
        """The answer of a Connect that is busy no more, or that it still is."""

        def settled() -> httpx.Response | None:
            answer = ask()
            return None if answer.status_code in BUSY else answer

        try:
            return wait_until(settled, self._patience, what="Connect", every=0.3)
        except TimedOut:
            return ask()

    def _json(self, answer: httpx.Response) -> Any:
        if answer.is_success:
            return answer.json() if answer.content else None
        if answer.status_code in {httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN}:
            raise Refused(f"Connect at {self.place} refuses us; put user and password into {SETTING}")
        # Its text may quote the configuration, passwords included.
        what = f"{answer.request.method} {answer.request.url.path}"
        raise PermanentError(f"Connect at {self.place} answered {answer.status_code} to {what}; its log says why")


def _classes(trace: str) -> list[str]:
    return [name.rpartition(".")[2] for name in CLASS.findall(trace)]
