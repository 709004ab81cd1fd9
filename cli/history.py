"""Prints one review: what happened to it, and the evidence for its results."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from rich.table import Column, Table
from rich.text import Text

from cli.common import out
from cli.feedback_words import note, said, thing
from projections.queries.history import HistoricEvent, ReviewHistory

Record: TypeAlias = dict[str, Any]


def show_history(found: ReviewHistory) -> None:
    """Print the events in order, then the evidence."""
    table = Table(
        *("version", "position", Column("event", no_wrap=True), "when (UTC)", Column("summary", overflow="fold")),
        title=f"Review {found.aggregate_id}",
    )
    for event in found.events:
        when = event.recorded_at.strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]
        table.add_row(str(event.version), str(event.position), event.type, when, _summary(event))
    out.print(table)
    if found.state:
        _show_evidence(found.state)
    elif found.events[-1].type == "review.withdrawn":
        out.print("withdrawn: its source deleted it, so no read model shows it")
    else:
        out.print("no row in the read model: it is behind, or the review is parked (`reviewstream status`)")


def _summary(event: HistoricEvent) -> str:
    summarize = SUMMARIES.get(event.type, _fields)
    return summarize(event.data)


def _collected(data: dict[str, Any]) -> str:
    return (
        f"revision {data['revision']} from {data['source']}, rating {data['rating']}, {len(data['content'])} characters"
    )


def _corrected(data: dict[str, Any]) -> str:
    where = f"published {data['published_at']}, platform {data['platform'] or 'none'}"
    moved = "; counts in the metrics where the new facts say" if data["contribution"] else ""
    return f"correction {data['correction']} of the facts of revision {data['revision']}: {where}{moved}"


def _withdrawn(data: dict[str, Any]) -> str:
    return "deleted by its source" + ("; counts in the metrics no more" if data["withdrawn"] else "")


def _processed(data: dict[str, Any]) -> str:
    found = f"{len(data['entities'])} entities, {len(data['keywords'])} keywords, {len(data['aspects'])} aspects"
    language = f"language {data['language']} ({data['language_confidence']:.2f})"
    return f"by version {data['processing_version']}: {language}, {found}"


def _counted(data: dict[str, Any]) -> str:
    return "counts in the metrics" + (", replacing what it counted for before" if data["replaces"] else "")


def _assigned(data: dict[str, Any]) -> str:
    topics = len(data["contribution"]["topics"])
    return f"{topics} topic{'' if topics == 1 else 's'} by version {data['model_version']} of the topic model"


def _notified(data: dict[str, Any]) -> str:
    if data["suppressed"]:
        return f"no one was notified: {data['suppressed']}"
    return _outcomes(data["notifications"], data["given_up"], ()) or "no subscription matched"


def _marked(data: dict[str, Any]) -> str:
    outcomes = _outcomes(data["delivered"], data["given_up"], data["pending"])
    again = f"{data['step']} again, attempt {data['attempt']}, not before {data['not_before']}"
    return f"{again}; {outcomes}" if outcomes else again


def _outcomes(sent: Sequence[Record], given_up: Sequence[Record], pending: Sequence[Record]) -> str:
    """What became of the notifications, and why."""
    groups = (
        ("notified", [f"{each['channel']} ({each['rule']})" for each in sent]),
        ("given up", [_undelivered(each) for each in given_up]),
        ("to be tried again", [_undelivered(each) for each in pending]),
    )
    return "; ".join(f"{what}: {', '.join(those)}" for what, those in groups if those)


def _undelivered(each: Record) -> str:
    times = f"{each['attempts']} attempt{'' if each['attempts'] == 1 else 's'}"
    detail = f", {each['detail']}" if each["detail"] else ""
    return f"{each['channel']} ({each['rule']}) after {times}: {each['reason']}{detail}"


def _fields(data: dict[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in data.items() if isinstance(value, (str, int)))


SUMMARIES: dict[str, Callable[[dict[str, Any]], str]] = {
    "review.collected": _collected,
    "review.revised": _collected,
    "review.facts_corrected": _corrected,
    "review.withdrawn": _withdrawn,
    "review.raw_stored": lambda data: f"raw document {data['raw_review_id']}",
    "review.processed": _processed,
    "review.sentiment_analyzed": lambda data: f"{data['label']} ({data['score']}) by {data['analyzer']}",
    "review.analytics_updated": _counted,
    "review.topics_assigned": _assigned,
    "review.subscribers_notified": _notified,
    "review.marked_for_retry": _marked,
    "review.label_disputed": lambda data: f"{said(data)}, says {data['who']}",
    "review.dispute_withdrawn": lambda data: f"{data['who']} takes back what they said of {thing(data)}",
}


def _show_evidence(state: dict[str, Any]) -> None:
    if state.get("title"):
        out.print(Text(state["title"], style="bold"))
    out.print(Text(state["content"]))
    if not is_analysed(state):
        out.print("not analysed: there are no results for this revision yet")
        return
    hits = ", ".join(f"{hit['text']} {hit['valence']:+.1f}" for hit in state.get("evidence") or [])
    out.print(
        f"sentiment: {state['sentiment_label']}, score {state['sentiment_score']}{_probability(state)}; words: {hits or 'none'}",
    )
    if state.get("sentences"):
        out.print(f"sentences that decided: {_sentences(state)}")
    entities = ", ".join(_entity(each) for each in state.get("entities") or [])
    out.print(f"entities: {entities or 'none'}")
    keywords = ", ".join(each["text"] for each in state.get("keywords") or [])
    out.print(f"keywords: {keywords or 'none'}")
    aspects = ", ".join(_aspect(each) for each in state.get("aspects") or [])
    out.print(f"aspects: {aspects or 'none'}")
    for each in state.get("feedback") or []:
        past = "" if each["revision"] == state["revision"] else f" (of revision {each['revision']})"
        out.print(f"feedback by {each['who']}{past}: {said(each)}{note(each)}")
    analyzers = ", ".join(f"{part}: {name}" for part, name in (state.get("analyzers") or {}).items())
    out.print(f"made by processing version {state['processing_version']}: {analyzers}")


def _probability(state: Record) -> str:
    known = state.get("sentiment_probability")
    return "" if known is None else f", probability of positive {known:.2f}"


def _sentences(state: Record) -> str:
    return "; ".join(f"{each['text']} ({each['weight']:+.2f})" for each in state["sentences"])


def is_analysed(state: Record | None) -> bool:
    """Whether the row of the read model holds the results of an analysis."""
    return state is not None and state["sentiment_label"] is not None


def _aspect(each: Record) -> str:
    sure = "" if each["probability"] is None else f", p {each['probability']:.2f}"
    return f"{each['text']} ({each['label']}{sure})"


def _entity(each: dict[str, Any]) -> str:
    sentiment = "" if each["sentiment"] is None else f", sentiment {each['sentiment']:+.2f}"
    return f"{each['text']} ({each['type']}, salience {each['salience']:.2f}{sentiment})"
