from __future__ import annotations

from collections.abc import Iterator

import pytest

from connectors.schema_registry import SchemaRegistry, connect
from tests.registry.server import Registry, serving


@pytest.fixture
def server() -> Iterator[Registry]:
    with serving() as registry:
        yield registry


@pytest.fixture
def registry(server: Registry) -> Iterator[SchemaRegistry]:
    connected = connect(server.url)
    yield connected
    connected.close()
