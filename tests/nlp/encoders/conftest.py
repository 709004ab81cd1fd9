"""One encoder for all tests of a run: building its tokenizer takes a second."""

from __future__ import annotations

import pytest

from nlp.encoders.e5_file import E5File
from nlp.encoders.e5_numpy import E5Encoder


@pytest.fixture(scope="session")
def e5() -> E5Encoder:
    return E5Encoder()


@pytest.fixture(scope="session")
def e5_file() -> E5File:
    return E5File()
