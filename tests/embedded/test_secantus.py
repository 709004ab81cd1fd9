"""SecantusDB as a child process."""

from __future__ import annotations

import pytest
from pymongo import MongoClient, WriteConcern
from pymongo.errors import OperationFailure


def test_document_comes_back(mongo_url: str) -> None:
    with MongoClient(mongo_url) as client:
        papers = client.library.get_collection("papers", write_concern=WriteConcern("majority"))
        papers.insert_one({"_id": 1, "title": "a"})
        assert papers.find_one({"_id": 1}) == {"_id": 1, "title": "a"}


def test_no_password_is_refused(mongo_url: str) -> None:
    anonymous = "mongodb://" + mongo_url.partition("@")[2].partition("?")[0] + "?directConnection=true"
    with MongoClient(anonymous) as client, pytest.raises(OperationFailure, match="auth"):
        client.library.papers.find_one()
