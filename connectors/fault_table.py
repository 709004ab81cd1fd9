"""Classifies any error, by our own tree and the tables of all connectors."""

from __future__ import annotations

from connectors import clickhouse, kafka, mongo, postgres, redis
from connectors.faults import Fault, Faults
from schemas import errors
from telemetry import failpoints

OURS = Faults(
    {
        errors.TransientError: Fault.TRANSIENT,
        errors.VersionConflict: Fault.TRANSIENT,
        failpoints.InjectedError: Fault.TRANSIENT,
        TimeoutError: Fault.TRANSIENT,
        errors.InvalidInput: Fault.POISON,
        errors.PermanentError: Fault.PERMANENT,
        errors.NotAllowed: Fault.PERMANENT,
        errors.Unavailable: Fault.FATAL,
    }
)
TABLES = (OURS, postgres.FAULTS, mongo.FAULTS, clickhouse.FAULTS, redis.FAULTS, kafka.FAULTS)


def fault_of(error: BaseException) -> Fault:
    """What to do about it. An unknown error is permanent, so that the batch's reviews are processed one by one."""
    return next((fault for table in TABLES if (fault := table.of(error)) is not None), Fault.PERMANENT)


def is_infrastructure_error(error: BaseException) -> bool:
    """Whether the cause is the infrastructure and not a review."""
    return fault_of(error) in {Fault.TRANSIENT, Fault.FATAL}
