"""What has to hold of every service in docker-compose.yml. Each rule gives what breaks it, so that tests can break it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from reviewstream.workers import streams
from tests.deploy.reading import ROOT, Compose

Rule = Callable[[Compose], Iterator[str]]

WRITES_ITS_IMAGE = {"kafka", "connect"}
"""Their start writes configuration beside the program. Both images have an account of their own by default."""
SECRET = re.compile(r"PASSWORD|SECRET|TOKEN|KEY|CREDENTIAL")


def one_shot(service: Compose) -> bool:
    return service.get("restart") == "no"


def images_are_pinned(compose: Compose) -> Iterator[str]:
    for name, each in compose["services"].items():
        if not re.search(r":v?\d+(\.\w+)+$", each["image"]):
            yield f"{name}: {each['image']}"


def services_are_confined(compose: Compose) -> Iterator[str]:
    for name, each in compose["services"].items():
        if each.get("cap_drop") != ["ALL"] or each.get("cap_add"):
            yield f"{name}: capabilities"
        if each.get("security_opt") != ["no-new-privileges:true"]:
            yield f"{name}: new privileges"
        if {"privileged", "network_mode", "pid", "ipc"} & each.keys():
            yield f"{name}: shares the host"
        if name not in WRITES_ITS_IMAGE and each.get("read_only") is not True:
            yield f"{name}: writes its root file system"
        user = str(each.get("user", ""))
        if "build" not in each and name not in WRITES_ITS_IMAGE and not re.fullmatch(r"[1-9]\d*:\d+", user):
            yield f"{name}: runs as {user or 'whoever the image says'}"


def services_are_limited(compose: Compose) -> Iterator[str]:
    for name, each in compose["services"].items():
        limits = each.get("deploy", {}).get("resources", {}).get("limits", {})
        if not {"cpus", "memory", "pids"} <= limits.keys():
            yield f"{name}: limits {sorted(limits)}"
        if "max-size" not in each.get("logging", {}).get("options", {}):
            yield f"{name}: its log grows without end"


def services_tell_their_health(compose: Compose) -> Iterator[str]:
    for name, each in compose["services"].items():
        check = each.get("healthcheck", {})
        if one_shot(each) != (check == {"disable": True}):
            yield f"{name}: health check {check}"
        elif not one_shot(each) and not {"test", "interval", "timeout", "retries", "start_period"} <= check.keys():
            yield f"{name}: health check lacks something"
        elif not one_shot(each) and each.get("restart") != "unless-stopped":
            yield f"{name}: is not started again"


def dependencies_wait_for_what_they_need(compose: Compose) -> Iterator[str]:
    services = compose["services"]
    for name, each in services.items():
        for other, how in each.get("depends_on", {}).items():
            wanted = "service_completed_successfully" if one_shot(services[other]) else "service_healthy"
            if how != {"condition": wanted}:
                yield f"{name} -> {other}: {how}"
            if not set(each["profiles"]) <= set(services[other]["profiles"]):
                yield f"{name} -> {other}: not in each profile of {name}"


def one_shots_are_waited_for(compose: Compose) -> Iterator[str]:
    """`up --wait` takes one that ended for a failure, unless a service in the same profile waits for its end."""
    for name, each in compose["services"].items():
        for profile in set(each["profiles"]) - {"tools"} if one_shot(each) else ():
            if not any(
                name in o.get("depends_on", {}) and profile in o["profiles"] for o in compose["services"].values()
            ):
                yield f"{name} in {profile}"


def ports_are_published_on_loopback_only(compose: Compose) -> Iterator[str]:
    networks = compose["networks"]
    for name, each in compose["services"].items():
        for port in each.get("ports", ()):
            if not re.fullmatch(r"127\.0\.0\.1:\d+:\d+", str(port)):
                yield f"{name}: {port}"
        reaches_out = any(not networks[network].get("internal") for network in each["networks"])
        if reaches_out != bool(each.get("ports")):
            yield f"{name}: {'reaches' if reaches_out else 'cannot reach'} outside"


def everything_named_is_there(compose: Compose) -> Iterator[str]:
    used: dict[str, set[str]] = {"networks": set(), "volumes": set(), "secrets": set()}
    for name, each in compose["services"].items():
        used["networks"].update(each["networks"])
        used["secrets"].update(secrets_of(each))
        for volume in each.get("volumes", ()):
            source, _, rest = volume.partition(":")
            if not source.startswith("."):
                used["volumes"].add(source)
            elif not (ROOT / source).exists() or not rest.endswith(":ro"):
                yield f"{name}: {volume}"
    for kind, names in used.items():
        if names != set(compose[kind]):
            yield f"{kind}: {sorted(names ^ set(compose[kind]))}"


CONNECT_SECRETS = "REVIEWSTREAM_CONNECT_SECRETS"
"""Names a file on Connect's side, where connectors read passwords from."""


def secrets_come_from_files(compose: Compose) -> Iterator[str]:
    for name, secret in compose["secrets"].items():
        if secret != {"file": f"./deploy/secrets/{name}"}:
            yield f"{name}: {secret}"
    for name, each in compose["services"].items():
        mounted = {f"/run/secrets/{secret}" for secret in secrets_of(each)}
        for key, value in each.get("environment", {}).items():
            if key.endswith(("_FILE", "__FILE")):
                if value not in mounted:
                    yield f"{name}: {key} names no secret of it"
            elif key == CONNECT_SECRETS:
                if value not in {f"/run/secrets/{secret}" for secret in secrets_of(compose["services"]["connect"])}:
                    yield f"{name}: {key} names no secret of connect"
            elif SECRET.search(key) or re.search(r"//[^/]*:[^/]*@", str(value)):
                yield f"{name}: {key} in plain text"


CONNECT_URL = "REVIEWSTREAM_CONNECT_URL"


def connect_is_known_where_it_is_used(compose: Compose) -> Iterator[str]:
    """By commands, and by workers that ask for tenants, who follow their changes then; by nobody who runs without it."""
    for name, each in compose["services"].items():
        environment = each.get("environment", {})
        steps = [step for step in str(environment.get("REVIEWSTREAM_STEPS", "")).split(",") if step]
        uses = each.get("profiles") == ["tools"] or "tenancy" in streams.servers_of(steps)
        if environment.get(CONNECT_URL) != (f"${{{CONNECT_URL}:-}}" if uses else None):
            yield f"{name}: {environment.get(CONNECT_URL)}"


def secrets_of(service: Compose) -> set[str]:
    return {each if isinstance(each, str) else each["source"] for each in service.get("secrets", ())}


RULES: tuple[Rule, ...] = (
    images_are_pinned,
    services_are_confined,
    services_are_limited,
    services_tell_their_health,
    dependencies_wait_for_what_they_need,
    one_shots_are_waited_for,
    ports_are_published_on_loopback_only,
    everything_named_is_there,
    secrets_come_from_files,
    connect_is_known_where_it_is_used,
)
