"""What stores lost: servers that answer and accept us may still have none of what we kept there."""

from __future__ import annotations

from operations.recovery.recovery import Inspection
from reviewstream.doctor.findings import Findings, Subject


def examine(found: Inspection) -> Findings:
    """One problem for each loss, and one for each store that could not be asked."""
    for loss in found.losses:
        fix = "restore a backup: docs/recovery.md" if loss.final else "`reviewstream recover`"
        yield Subject(loss.store).problem("content", loss.what, fix)
    for unknown in found.unknown:
        store, _, why = unknown.partition(": ")
        yield Subject(store).problem("content", f"could not be asked: {why}", "see what is wrong with the server above")
    if not found.losses and not found.unknown:
        yield Subject("stores").ok("content", "all have what the event log says")
