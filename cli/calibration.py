"""`calibration`: a tenant's own, set from what an evaluation proposed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

import click

from aggregates.calibration.calibration import SUFFIX, version_of
from cli.acting import acting, by_option
from cli.common import bootstrap, data_dir_option, err, json_option, out, print_json, tenant_option
from cli.tables import show_table
from operations.evaluation.proposal import NEGATIVE_BELOW, POSITIVE_FROM
from schemas import strictjson
from schemas.errors import InvalidInput

if TYPE_CHECKING:
    from aggregates.calibration.calibration import Calibrations
    from operations.calibrations import CalibrationDesk
    from reviewstream.bootstrap import Bootstrap
    from schemas.events.calibration import CalibrationChanged

BAR = click.FloatRange(0, 1, min_open=True, max_open=True)
REASON = click.option("--reason", default="", help="Why, for the history.")


@click.group()
def calibration() -> None:
    """A tenant's own calibration: what probabilities mean for its reviews. Old results change by `reprocess` alone."""


@calibration.command("set")
@tenant_option
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--negative-below", type=BAR, default=NEGATIVE_BELOW, show_default=True, help="Else no label negative.")
@click.option("--positive-from", type=BAR, default=POSITIVE_FROM, show_default=True, help="Else no label positive.")
@by_option
@REASON
@data_dir_option
def set_(
    tenant: str,
    file: Path,
    negative_below: float,
    positive_from: float,
    by: str | None,
    reason: str,
    data_dir: Path | None,
) -> None:
    """Use the calibration in FILE from now on: what `evaluate --propose-calibration --json` printed.

    New results have it within seconds, and name it in their processing version. Old ones keep theirs until they are reprocessed.
    """
    proposal = strictjson.loads(file.read_bytes())
    if not isinstance(proposal, dict):
        raise InvalidInput("file: is not what `evaluate --propose-calibration --json` printed", field="file")
    with bootstrap(data_dir) as parts:
        has = _desk(parts).set(
            parts.tenants.get(tenant).id, proposal,
            negative_below=negative_below, positive_from=positive_from, who=acting(parts, by), reason=reason,
        )  # fmt: skip
        _say(has, tenant, parts.saga.profiles.of(has.tenant_id).version)


@calibration.command()
@tenant_option
@json_option
@data_dir_option
def show(tenant: str, as_json: bool, data_dir: Path | None) -> None:
    """Show which calibration holds, and those before."""
    with bootstrap(data_dir) as parts:
        has = _desk(parts).of(parts.tenants.get(tenant).id)
        runs = parts.saga.profiles.of(has.tenant_id).version
    current = has.current(runs)
    if as_json:
        print_json({"current": None if current is None else version_of(runs, current), "history": has.history})
        return
    head = ("number", "method", "for version", "against", "reviews", "error before", "after", "by", "when (UTC)")
    rows = [
        (e.number, e.method, e.base_version or "-", e.truth or "-", e.reviews, _error(e.error_before), _error(e.error_after), e.who, e.changed_at)
        for e in has.history
    ]  # fmt: skip
    if rows:
        show_table(head, rows)
    out.print(_standing(has, tenant, runs))


@calibration.command()
@tenant_option
@by_option
@REASON
@data_dir_option
def clear(tenant: str, by: str | None, reason: str, data_dir: Path | None) -> None:
    """Use none from now on. Results that have one keep it, and name it."""
    with bootstrap(data_dir) as parts:
        has = _desk(parts).clear(parts.tenants.get(tenant).id, who=acting(parts, by), reason=reason)
        _say(has, tenant, parts.saga.profiles.of(has.tenant_id).version)


def versions(parts: Bootstrap, tenant_id: UUID | None) -> list[str]:
    """The processing versions that calibrations make of what the workers run, of a tenant; none without one."""
    if tenant_id is None:
        return []
    return _desk(parts).of(tenant_id).versions(parts.saga.profiles.of(tenant_id).version)


def named(parts: Bootstrap, tenant_id: UUID | None, version: str) -> CalibrationChanged | None:
    """The tenant's calibration that a processing version names. Raises InvalidInput where it names one that the tenant does not have."""
    if SUFFIX not in version:
        return None
    found = None
    if tenant_id is not None:
        found = _desk(parts).of(tenant_id).named(parts.saga.profiles.of(tenant_id).version, version)
    if found is None:
        raise InvalidInput(
            f"processing_version: {version} names a calibration; give --tenant, and one that `reviewstream calibration show` lists for "
            f"{version.partition(SUFFIX)[0]}",
            field="processing_version",
        )
    return found


def _say(has: Calibrations, tenant: str, runs: str) -> None:
    err.print(_standing(has, tenant, runs), soft_wrap=True)


def _standing(has: Calibrations, tenant: str, runs: str) -> str:
    current = has.current(runs)
    if current is not None:
        version = version_of(runs, current)
        return f"new results have version {version}; for old ones: reviewstream reprocess --tenant {tenant} --processing-version {version}"
    if has.history and has.history[-1].base_version:
        return (
            f"it is for version {has.history[-1].base_version}, and workers run {runs}: new results are not calibrated"
        )
    return f"new results are not calibrated, and have version {runs}"


def _error(value: float | None) -> str:
    return "-" if value is None else f"{value:.4f}"


def _desk(parts: Bootstrap) -> CalibrationDesk:
    from operations.calibrations import CalibrationDesk

    return CalibrationDesk(parts.event_log)
