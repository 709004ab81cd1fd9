"""How an evaluation is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Column, Table

from cli.common import out
from operations.evaluation.shares import FEW, Share

if TYPE_CHECKING:
    from operations.evaluation.evaluation import Evaluation
    from operations.evaluation.proposal import Proposal
    from operations.evaluation.reliability import Reliability
    from operations.evaluation.scores import Scores


def show(found: Evaluation) -> None:
    """The whole, its labels, its calibration, and the parts."""
    whole = found.whole
    out.print(f"against {found.against}: {found.means}")
    unjudged = "; ".join(f"{n} {why}" for why, n in whole.unjudged.items())
    out.print(f"{whole.analysed} analysed, {whole.judged} judged" + (f"; left out: {unjudged}" if unjudged else ""))
    out.print(f"decided: {_share(whole.coverage)}")
    if whole.judged:
        out.print(_labels(whole))
        out.print(f"right where decided: {_share(whole.right)}; macro F1 {_number(whole.macro_f1)}")
        _calibration(whole.reliability)
    if found.parts:
        out.print(_parts(found))
    out.print("")


def show_proposal(found: Proposal) -> None:
    """What was fitted, whether it helps, and what it would change."""
    out.print(
        f"a calibration for version {found.base_version or '-'}, on {found.reviews} reviews, {found.positive} positive"
    )
    for version, n in found.left_out.items():
        out.print(f"left out: {n} judged reviews of version {version}")
    if found.method:
        out.print(
            f"{found.method}: squared error on reviews held out {found.error_before:.4f}, then {found.error_after:.4f} "
            f"(falls by {found.fall:.4f}, give or take {2 * (found.give_or_take or 0):.4f}); ECE {found.ece_before:.3f}, "
            f"then {found.ece_after:.3f}"
        )
        for old, new, n in found.labels:
            out.print(f"{n} labels would become {new} that are {old}")
    if found.helps:
        out.print("it helps; nothing is stored: print it with --json into a file for `reviewstream calibration set`")
    else:
        out.print(f"not proposed: {found.why}")


def _labels(whole: Scores) -> Table:
    table = Table("label", "precision", "recall", "F1")
    for each in whole.labels:
        table.add_row(each.label, _share(each.precision), _share(each.recall), _number(each.f1))
    return table


def _calibration(found: Reliability) -> None:
    if found.ece is None:
        out.print(f"no probabilities: the analyzer of these {found.unknown} results has none")
        return
    rest = f"; {found.unknown} judged results have no probability" if found.unknown else ""
    out.print(f"calibration error (ECE) {found.ece:.3f} over {found.n} reviews{_few(found.n)}{rest}")
    table = Table("probability", "mean", "positive in fact")
    for each in found.bins:
        table.add_row(f"{each.low:.1f} to {each.low + 0.1:.1f}", f"{each.mean:.2f}", _share(each.positive))
    out.print(table)


def _parts(found: Evaluation) -> Table:
    head = (
        Column(found.by or "", no_wrap=True),
        "analysed",
        "judged",
        "decided",
        "right where decided",
        "macro F1",
        "ECE",
    )
    table = Table(*head)
    for each in found.parts:
        numbers = (str(each.analysed), str(each.judged), _share(each.coverage), _share(each.right))
        table.add_row(each.part, *numbers, _number(each.macro_f1), _number(each.reliability.ece, 3))
    return table


def _share(of: Share) -> str:
    if of.value is None:
        return "-"
    return f"{of.value:.2f} ({of.low:.2f} to {of.high:.2f}, n={of.n}{_few(of.n)})"


def _few(n: int) -> str:
    return ", few" if n < FEW else ""


def _number(value: float | None, places: int = 2) -> str:
    return "-" if value is None else f"{value:.{places}f}"
