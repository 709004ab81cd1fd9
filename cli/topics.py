"""`topics`: find what a tenant's reviews speak of, and edit it."""

from __future__ import annotations

from pathlib import Path

import click

from cli import topics_pages as pages
from cli.common import bootstrap, data_dir_option, json_option, tenant_option
from cli.topics_editor import EDITS
from cli.topics_progress import percent, reading
from cli.topics_run import common, editor, load, reassign_all


@click.group()
def topics() -> None:
    """Find what a tenant's reviews speak of, and edit it: names, merges, splits, examples; every edit can be undone."""


@topics.command()
@click.option("--topics", "count", type=click.IntRange(2, 100), help="So many, at the first fit.")
@click.option("--anew", is_flag=True, help="Find other topics, with ids of their own; those that there are retire.")
@click.option("--if-grown", metavar="PERCENT", help="Only if there are so many more reviews, for example 10%.")
@common
def fit(
    tenant: str,
    count: int | None,
    if_grown: str | None,
    anew: bool,
    dry_run: bool,
    as_json: bool,
    data_dir: Path | None,
) -> None:
    """Find topics, or find them again from where they are, and give every review its topics.

    The first fit chooses how many there are; later ones keep every topic, its id and what was edited. An interrupted
    run is finished by running it again.
    """
    from operations.topics.fit import fit as find

    share = percent(if_grown)
    with bootstrap(data_dir) as parts:
        tenant_id, by = parts.tenants.get(tenant).id, editor(parts)
        with reading() as progress:
            found = find(
                parts.event_log,
                tenant_id,
                by,
                count=count,
                if_grown=share,
                anew=anew,
                dry_run=dry_run,
                progress=progress,
            )
        tally = reassign_all(parts, tenant_id, found.model, dry_run=dry_run)
    pages.say_fit(found, tally, as_json=as_json, dry_run=dry_run)


@topics.command()
@click.option("--all", "everything", is_flag=True, help="Hidden, merged and split ones, too.")
@tenant_option
@json_option
@data_dir_option
def show(tenant: str, everything: bool, as_json: bool, data_dir: Path | None) -> None:
    """List the topics with their ids, words and sizes."""
    with bootstrap(data_dir) as parts:
        model = load(parts, parts.tenants.get(tenant).id)
    pages.say_topics(model, everything=everything, as_json=as_json)


@topics.command()
@tenant_option
@json_option
@data_dir_option
def history(tenant: str, as_json: bool, data_dir: Path | None) -> None:
    """List every edit with its number, and whether it is undone."""
    with bootstrap(data_dir) as parts:
        model = load(parts, parts.tenants.get(tenant).id)
    pages.say_history(model, as_json=as_json)


@topics.command()
@common
def assign(tenant: str, dry_run: bool, as_json: bool, data_dir: Path | None) -> None:
    """Give every review the topics of the model as it is: what an interrupted fit or edit left undone."""
    with bootstrap(data_dir) as parts:
        tenant_id = parts.tenants.get(tenant).id
        model = load(parts, tenant_id)
        model.fitted  # noqa: B018 - refuses where there are no topics
        tally = reassign_all(parts, tenant_id, model, dry_run=dry_run)
    pages.say_assigned(tally, as_json=as_json, dry_run=dry_run)


for command in EDITS:
    topics.add_command(command)
