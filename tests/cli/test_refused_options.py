"""Options that would do nothing are refused before anything is asked of a server."""

from __future__ import annotations

from pathlib import Path

import pytest

from reviewstream.main import main

A = "11111111-2222-3333-4444-555555555555"
V = ("reprocess", "--processing-version", "1")
REFUSED: list[tuple[tuple[str, ...], str]] = [
    (("deadletters", "replay", "--projection", "nosuch", "--yes"), "--projection: names what a projection parked; add --stage projection"),
    (("deadletters", "replay", "--publisher", "public", "--yes"), "add --stage publisher"),
    (("deadletters", "replay", "--stage", "publisher", "--projection", "reviews"), "add --stage projection"),
    (("deadletters", "replay", "--stage", "projection", "--publisher", "public"), "add --stage publisher"),
    (("deadletters", "replay", "--stage", "nlp", "--projection", "reviews"), "add --stage projection"),
    (("deadletters", "replay", "--stage", "projection", "--rate", "5"), "--rate: parked streams are unparked as a whole"),
    (("deadletters", "replay", "--stage", "projection", "--limit", "5"), "--limit: parked streams"),
    (("deadletters", "replay", "--stage", "projection", "--id", A), "--id: parked streams"),
    (("deadletters", "list", "--projection", "reviews"), "add --stage projection"),
    (("deadletters", "list", "--stage", "publisher", "--tenant", "a"), "--tenant: parked streams are listed as a whole"),
    (("deadletters", "list", "--stage", "publisher", "--state", "all"), "--state: parked streams"),
    (("deadletters", "list", "--stage", "publisher", "--limit", "50"), "--limit: parked streams"),
    (("replay", "reviews", "--limit", "5"), "--limit: says how many rows --diff lists"),
    (("replay", "reviews", "--diff", "--processes", "3"), "--processes: --diff builds no version"),
    (("replay", "reviews", "--diff", "--accept-difference"), "--accept-difference: --diff builds no version"),
    (("replay", "reviews", "--rollback", "--accept-difference"), "--accept-difference: says nothing with --rollback"),
    (("replay", "reviews", "--pause", "--processes", "2"), "--processes: says nothing with --rollback or --pause"),
    (("replay", "reviews", "--pause", "--json"), "--json: says nothing"),
    (("replay", "reviews", "--stream", A, "--processes", "2"), "--processes: a part of history is repaired in place"),
    (("replay", "reviews", "--since", "2026-01-02", "--until", "2026-01-01"), "--until: is not after --since"),
    (("replay", "--to-topic", "mine", "--accept-difference"), "--accept-difference: --to-topic builds no version"),
    (("replay", "--to-topic", "reviews.inbound", "--dry-run"), "one of reviewstream's own"),
    ((*V, "--against", "0"), "--against: says what --compare shows"),
    ((*V, "--examples", "3"), "--examples: says what --compare shows"),
    *(
        ((*V, "--compare", *option), f"{option[0]}: --compare requests nothing")
        for option in (
            ("--dry-run",), ("--no-wait",), ("--reason", "x"), ("--limit", "1"), ("--rate", "1"), ("--in-flight", "8"),
            ("--rest", "1"), ("--timeout", "120"),
        )
    ),
    *(
        ((*V, "--shadow", *option), f"{option[0]}: --shadow requests nothing")
        for option in (("--dry-run",), ("--no-wait",), ("--reason", "x"), ("--rate", "1"), ("--against", "0"))
    ),
    ((*V, "--shadow", "--compare"), "--shadow: --compare reads what a version did"),
    (("evaluate", "--tenant", "a", "--propose-calibration"), "--propose-calibration: needs one truth"),
    (("query", "evaluate", "--tenant", "a", "--since", "2026-01-02", "--until", "2026-01-01"), "--until: is not after --since"),
    (("feedback", "list", "--tenant", "a", "--by", ""), "--by: is empty"),
    ((*V, "--since", "2026-01-02", "--until", "2026-01-02"), "--until: is not after --since"),
    (("publish", "a.csv", "--tenant", "a", "--dry-run", "--no-wait"), "--no-wait: nothing is sent with --dry-run"),
    (("publish", "a.csv", "--tenant", "a", "--dry-run", "--no-resume"), "--no-resume: nothing is sent with --dry-run"),
    (("inspect", "a.json", "--format", "json", "--delimiter", "tab"), "--delimiter: is about delimited text"),
    (("inspect", "a.csv", "--mapping", ""), "--mapping: is empty"),
    (("publish", "-", "--tenant", "a", "--no-resume"), "--no-resume: what comes from stdin is never resumed"),
    (("publish", "a.csv", "--tenant", "a", "--save-mapping", "m"), "--save-mapping: there is nothing to save"),
    (("publish", "a.csv", "--tenant", "a", "--save-mapping", "m", "--timezone", "Europe/Rome"), "--save-mapping: there is nothing"),
    (("publish", "a.json", "--tenant", "a", "--format", "json", "--delimiter", "tab"), "--delimiter: is about delimited text"),
    (("publish", "a.xlsx", "--tenant", "a", "--format", "xlsx", "--no-backslash"), "--backslash: is about delimited text"),
    (("publish", "a.csv", "--tenant", "a", "--format", "csv", "--records", "a.b"), "--records: is about JSON documents"),
    (("publish", "a.csv", "--tenant", "a", "--format", "csv", "--sheet", "x"), "--sheet: is about workbooks"),
    (("query", "reviews", "--tenant", "a", "--min-rating", "4", "--max-rating", "3"), "--max-rating: is below --min-rating"),
    (("query", "metrics", "--tenant", "a", "--since", "2026-01-02", "--until", "2026-01-01"), "--until: is before --since"),
    (("deadletters", "discard", "--tenant", "", "--why", "x", "--yes"), "--tenant: is empty; give a value, or leave it out"),
    (("deadletters", "replay", "--reason", "", "--yes"), "--reason: is empty"),
    (("replay", "reviews", "--tenant", ""), "--tenant: is empty"),
    (("replay", "reviews", "--type", ""), "--type: is empty"),
    (("replay", "--to-topic", ""), "--to-topic: is empty"),
    ((*V, "--tenant", ""), "--tenant: is empty"),
    ((*V, "--source", ""), "--source: is empty"),
    (("query", "failures", "--tenant", ""), "--tenant: is empty"),
    (("query", "metrics", "--tenant", "a", "--source", ""), "--source: is empty"),
    (("publish", "-", "--tenant", "a", "--source", ""), "--source: is empty"),
    (("status", "--watch", "--json"), "--watch: is for people"),
]  # fmt: skip


@pytest.mark.parametrize(("argv", "said"), REFUSED, ids=[" ".join(argv) for argv, _ in REFUSED])
def test_it_is_refused_by_name_with_what_to_do(
    argv: tuple[str, ...], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main([*argv, "--data-dir", str(tmp_path / "none")])
    assert ended.value.code == 2
    shown = capsys.readouterr()
    assert (said in shown.err, shown.out, shown.err.count("\n")) == (True, "", 1), shown.err
