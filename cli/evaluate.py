"""`query evaluate`, also `evaluate`: how good the results are."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cli import evaluate_pages as pages
from cli.common import bootstrap, data_dir_option, json_option, print_json, tenant_option
from cli.given import check_period
from projections.queries.evaluation import Evaluated
from schemas.errors import InvalidInput

if TYPE_CHECKING:
    from operations.evaluation.evaluation import Evaluation

AGAINST = ("stars", "feedback")


@click.command()
@tenant_option
@click.option("--source", help="Only reviews from there.")
@click.option("--language", help="Only reviews found to be in this language, for example en.")
@click.option("--since", type=click.DateTime(), help="Only reviews published since then (UTC).")
@click.option("--until", type=click.DateTime(), help="Only reviews published before then (UTC).")
@click.option("--by", type=click.Choice(["language", "source", "month", "version"]), help="Also each part by itself.")
@click.option("--against", type=click.Choice([*AGAINST, "both"]), default="both", show_default=True, help="The truth.")
@click.option("--propose-calibration", is_flag=True, help="Also fit the tenant's own calibration; store nothing.")
@json_option
@data_dir_option
def evaluate(
    tenant: str,
    source: str | None,
    language: str | None,
    since: datetime | None,
    until: datetime | None,
    by: Any,
    against: str,
    propose_calibration: bool,
    as_json: bool,
    data_dir: Path | None,
) -> None:
    """Compare current labels and probabilities with stars and with feedback.

    Precision, recall and F1 of each label, the share that is decided, and whether probabilities are what they say, each with its
    95 % interval. Stars up to 2 are held for negative, from 4 on for positive; what lies between is left out.
    """
    check_period(since, until)
    if propose_calibration and against == "both":
        raise InvalidInput(
            "--propose-calibration: needs one truth; add --against stars or --against feedback", field="against"
        )
    filters = Evaluated(source, language, _utc(since), _utc(until))
    with bootstrap(data_dir) as parts:
        from operations.evaluation.evaluation import evaluate as evaluation
        from operations.evaluation.proposal import propose

        tenant_id = parts.tenants.get(tenant).id
        truths: Any = AGAINST if against == "both" else (against,)
        found: dict[str, Evaluation] = {
            truth: evaluation(parts.readmodels_pool, tenant_id, filters, against=truth, by=by) for truth in truths
        }
        proposal = (
            propose(parts.readmodels_pool, tenant_id, filters, against=truths[0]) if propose_calibration else None
        )
    if as_json:
        print_json(found if proposal is None else {**found, "calibration": proposal})
        return
    for each in found.values():
        pages.show(each)
    if proposal is not None:
        pages.show_proposal(proposal)


def _utc(moment: datetime | None) -> datetime | None:
    return moment.replace(tzinfo=UTC) if moment else None
