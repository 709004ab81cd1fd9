"""MongoDB of the raw store."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from pymongo.errors import OperationFailure

from connectors import mongo
from connectors.endpoints import endpoint
from reviewstream.doctor.clock import clock
from reviewstream.doctor.encryption import encryption, handshake
from reviewstream.doctor.findings import Finding, Findings, Subject
from sources.raw_store.documents import COLLECTION

OLDEST = 5
NOT_ALLOWED = 13


def examine(subject: Subject, url: str, database: str) -> Findings:
    """Raises PyMongoError for checks that could not run."""
    client = mongo.connect(url, timeout=5)
    try:
        client.admin.command("ping")
        yield subject.ok("login", "accepted")
        yield subject.at_least(str(client.server_info()["version"]), OLDEST)
        place = endpoint("mongo", url)
        yield encryption(subject, place, handshake(place))
        yield clock(subject, lambda: float(client.admin.command("hello")["localTime"].timestamp()))
        yield _replicated(subject, client.admin.command("hello"))
        yield _documents(subject, client[database][COLLECTION])
    finally:
        client.close()


def _replicated(subject: Subject, hello: dict[str, Any]) -> Finding:
    if hello.get("setName") or hello.get("msg") == "isdbgrid":
        return subject.ok("replication", f"replica set {hello['setName']}" if "setName" in hello else "sharded")
    return subject.warning(
        "replication", "a single server: a majority of one is lost with its disk",
        "make it a replica set, and name its members in the URL",
    )  # fmt: skip


def _documents(subject: Subject, collection: Any) -> Finding:
    """Change and delete with the workers' write concern what is not there: a change would show in change streams.

    A server may not resume from a token that points at a collection which is gone.
    """
    nothing = {"_id": f"doctor {uuid4()}"}
    try:
        collection.find_one(nothing)
        collection.update_one(nothing, {"$set": {"checked": True}})
        collection.delete_one(nothing)
    except OperationFailure as error:
        if error.code != NOT_ALLOWED:
            raise
        return subject.problem(
            "rights", f"may not write to the database {collection.database.name}",
            f"grant the user the role readWrite on {collection.database.name}",
        )  # fmt: skip
    return subject.ok("rights", "reads, changes and deletes with majority concern (nothing was written)")
