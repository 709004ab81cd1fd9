"""Every command and program of the pages is run as it stands, page by page, on one stack."""

from __future__ import annotations

import re

import pytest

from tests.docs.conftest import Readers
from tests.docs.library import BLUE_HARBOUR, Library
from tests.docs.pages import Block, every_block
from tests.waiting import until

pytestmark = pytest.mark.long
RUN = [block for block in every_block() if block.runs]
BLOCKS = [pytest.param(each, id=str(each), marks=[pytest.mark.long] if each.long else []) for each in RUN]
SENDERS = [each for each in RUN if each.language == "python" and "external_id" in each.text]


@pytest.mark.parametrize("block", BLOCKS)
def test_a_block_runs_as_it_stands(block: Block, readers: Readers) -> None:
    readers(block.page).tries(block)  # which fails unless each command exits as the page says


@pytest.mark.parametrize("block", SENDERS, ids=str)
def test_the_review_that_a_program_sends_arrives(block: Block, library: Library, readers: Readers) -> None:
    if block not in (reader := readers(block.page)).tried:
        reader.tries(block)
    (sent,) = re.findall(r'"external_id": "(\w+)"', block.text)
    asking = ("query", "reviews", "--tenant", BLUE_HARBOUR)
    until(lambda: sent in {row["external_id"] for row in library.stack.json(*asking)["reviews"]})


def test_more_than_one_page_has_a_program_that_sends_a_review() -> None:
    assert {block.page for block in SENDERS} >= {"README.md", "docs/publishing.md"}
