"""What `topics` prints."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from cli.common import err, out, print_json
from cli.tables import show_table

if TYPE_CHECKING:
    from aggregates.topic_model.aggregate import TopicModel
    from operations.topics.fit import Fitted
    from operations.topics.reassign import Reassigned
    from schemas.events.topic_model import TopicModelEdited
    from schemas.topic_parts import Topic

WORDS = 6


def say_fit(found: Fitted, tally: Reassigned, *, as_json: bool, dry_run: bool) -> None:
    """What was found, and what that changed."""
    fit = found.model.fitted
    if as_json:
        print_json({"fitted": bool(found.events), "dry_run": dry_run, **_model(found.model), "reviews": _tally(tally)})
        return
    if not found.events:
        out.print(f"nothing to fit: {(found.grown or 0):.0%} more reviews since the last fit")
    else:
        out.print(
            f"{len(found.model.standing())} topics in {fit.sampled} of {fit.reviews} reviews with a vector of "
            f"{fit.encoder}: {fit.why}"
        )
        if fit.kept is not None:
            out.print(f"{fit.kept:.1%} of them keep their first topic")
        if fit.without_vector or fit.other_encoder:
            out.print(f"not used: {fit.without_vector} without a vector, {fit.other_encoder} of another encoder")
    say_tally(tally, dry_run=dry_run)
    say_topics(found.model, everything=False, as_json=False)


def say_assigned(tally: Reassigned, *, as_json: bool, dry_run: bool) -> None:
    """How many reviews got other topics."""
    if as_json:
        print_json({"dry_run": dry_run, "reviews": _tally(tally)})
    else:
        say_tally(tally, dry_run=dry_run)


def say_tally(tally: Reassigned, *, dry_run: bool) -> None:
    """How many reviews have topics, and why others have none."""
    counts = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in sorted(tally.counts.items()))
    would = "would get" if dry_run else "got"
    out.print(f"{tally.changed} of {tally.seen} reviews {would} other topics ({counts or 'none counts yet'})")


def say_topics(model: TopicModel, *, everything: bool, as_json: bool) -> None:
    """The topics, those that stand first."""
    if as_json:
        print_json(_model(model))
        return
    shown = [topic for topic in model.topics if everything or (topic in model.standing() and not topic.hidden)]
    head = ("topic", "title", "words", "size", "coherence", "stability", "state")
    show_table(
        head,
        [
            (t.topic_id, t.title, ", ".join(t.keywords[:WORDS]), t.size, t.coherence, t.stability, _state(t))
            for t in shown
        ],
    )
    if len(shown) < len(model.topics):
        err.print(f"{len(model.topics) - len(shown)} hidden, merged or split: shown with --all")


def _state(topic: Topic) -> str:
    states = [name for name in ("hidden", "pinned") if getattr(topic, name)]
    states += ["split"] * topic.divided + [f"merged into {topic.merged_into}"] * bool(topic.merged_into)
    return ", ".join(states + [f"under {topic.parent}"] * bool(topic.parent)) or "-"


def say_history(model: TopicModel, *, as_json: bool) -> None:
    """Every edit, newest last."""
    if as_json:
        print_json([_edit(model, edit) for edit in model.edits])
        return
    rows = [(e["edit"], e["kind"], e["what"], e["by"], e["at"], "undone" if e["undone"] else "-") for e in
            (_edit(model, edit) for edit in model.edits)]  # fmt: skip
    show_table(("edit", "kind", "topics", "by", "when (UTC)", "state"), rows)


def say_edit(
    events: Sequence[TopicModelEdited], after: TopicModel, tally: Reassigned | None, *, as_json: bool, dry_run: bool
) -> None:
    """What an edit did."""
    if as_json:
        reviews = None if tally is None else _tally(tally)
        print_json(
            {"edits": [_edit(after, e) for e in events], "dry_run": dry_run, **_model(after), "reviews": reviews}
        )
        return
    for edit in events:
        told = _edit(after, edit)
        out.print(f"edit {told['edit']}: {told['kind']} {told['what']}")
    if not events:
        out.print("nothing to change: it is so already")
    if tally is not None:
        say_tally(tally, dry_run=dry_run)


def _edit(model: TopicModel, edit: TopicModelEdited) -> dict[str, Any]:
    what = "; ".join(_change(change.before, change.after) for change in edit.changes)
    told = f"edit {edit.undoes}: {what}" if edit.undoes else what
    where = {"edit": edit.edit, "kind": edit.kind, "undoes": edit.undoes, "what": told, "by": edit.edited_by}
    return {**where, "at": edit.edited_at, "undone": edit.edit in model.reverted}


def _change(before: Topic | None, after: Topic | None) -> str:
    if before is None or after is None:
        return f"+ {after.title}" if after else f"- {before.title if before else ''}"
    return before.title if before.title == after.title else f"{before.title} -> {after.title}"


def _model(model: TopicModel) -> dict[str, Any]:
    fit = model.fit
    facts = {} if fit is None else {
        name: getattr(fit, name)
        for name in ("fit", "warm", "encoder", "why", "reviews", "sampled", "without_vector", "other_encoder", "kept")
    }  # fmt: skip
    return {"version": model.version, **facts, "topics": [_topic(topic) for topic in model.topics]}


def _topic(topic: Topic) -> dict[str, Any]:
    names = (
        "topic_id", "title", "name", "keywords", "size", "coherence", "stability", "hidden", "pinned", "merged_into",
        "parent", "divided", "examples",
    )  # fmt: skip
    return {name: getattr(topic, name) for name in names}


def _tally(tally: Reassigned) -> dict[str, Any]:
    return {"seen": tally.seen, "changed": tally.changed, **tally.counts}
