"""A name in the environment that no setting has is a typing error, and refused before anything starts."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewstream.environment import OF_TESTS, OTHERS, PREFIX, check_names
from reviewstream.settings import Settings, load
from schemas.errors import InvalidInput
from tests.untraced import untraced

NAMES = sorted(Settings.model_fields)


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("KAFKA_ULR", "KAFKA_URL"), ("KAFKA_URL_FIEL", "KAFKA_URL_FILE"), ("PARTITION", "PARTITIONS"),
        ("NLP_WORKER_FILE", "NLP_WORKERS_FILE"), ("READY_FLE", "READY_FILE"), ("INSTANCE_FILE", "INSTANCE"),
        ("FAILPOINT", "FAILPOINTS"),
    ],
)  # fmt: skip
def test_it_is_named_with_the_one_that_was_meant(monkeypatch: pytest.MonkeyPatch, name: str, meant: str) -> None:
    monkeypatch.setenv(PREFIX + name, "hunter2")
    with pytest.raises(InvalidInput, match=rf"^{PREFIX}{name}: .*did you mean {PREFIX}{meant}\?") as caught:
        load()
    assert caught.value.field == PREFIX + name
    assert "hunter2" not in str(caught.value)


def test_without_a_near_one_all_are_listed_and_every_unknown_one_is_named() -> None:
    with pytest.raises(InvalidInput) as caught:
        check_names({f"{PREFIX}QQQQ": "1", f"{PREFIX}XXXX": "2", "PATH": "/"}, NAMES)
    assert all(f"{PREFIX}{name.upper()}" in str(caught.value) for name in NAMES)
    assert f"Also unknown: {PREFIX}XXXX." in str(caught.value)


@given(st.sampled_from(NAMES), st.sampled_from(["", "_FILE"]))
def test_every_setting_and_its_file_are_known(name: str, suffix: str) -> None:
    check_names({f"{PREFIX}{name.upper()}{suffix}": "x"}, NAMES)


def test_a_setting_may_be_in_lower_case_but_its_file_would_not_be_read() -> None:
    check_names({"reviewstream_kafka_url": "x"}, NAMES)
    with pytest.raises(InvalidInput, match=f"did you mean {PREFIX}KAFKA_URL_FILE"):
        check_names({"reviewstream_kafka_url_file": "x"}, NAMES)


def test_names_that_are_no_settings_are_left_alone() -> None:
    check_names(dict.fromkeys([*OTHERS, *(f"{prefix}ANYTHING" for prefix in OF_TESTS)], "x"), NAMES)


def test_what_kubernetes_gives_for_a_service_is_left_alone_and_a_port_alone_is_not() -> None:
    service = [
        "SERVICE_HOST",
        "SERVICE_PORT",
        "SERVICE_PORT_HTTP",
        "PORT",
        "PORT_80_TCP",
        "PORT_80_TCP_PROTO",
        "PORT_80_TCP_ADDR",
    ]
    check_names({f"{PREFIX}API_{name}": "x" for name in service}, NAMES)
    check_names({f"REVIEWSTREAM_{name}": "x" for name in service}, NAMES)
    with pytest.raises(InvalidInput):
        check_names({f"{PREFIX}API_PORT_80_TCP": "x"}, NAMES)


def test_a_command_ends_with_2() -> None:
    command = [sys.executable, "-m", "reviewstream", "down", "--data-dir", "nowhere"]
    environment = {**untraced(), f"{PREFIX}LOG_LEVLE": "debug"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, f"did you mean {PREFIX}LOG_LEVEL?" in done.stderr) == (2, True), done.stderr
