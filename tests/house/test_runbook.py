"""The runbook has an entry for every alert and exit code, and its commands exist."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from reviewstream.health.watchdog import EXIT_CODE
from streams.runtime.app import FAILED

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/runbook.md").read_text()
ALERTS = yaml.safe_load((ROOT / "deploy/prometheus/alerts.yml").read_text())["groups"]


def entries(title: str) -> list[str]:
    """The headings below one of the page's parts."""
    part = PAGE.partition(f"\n## {title}\n")[2].partition("\n## ")[0]
    return re.findall(r"^### (.+)$", part, re.MULTILINE)


def test_every_alert_has_an_entry_and_every_entry_an_alert() -> None:
    alerts = [rule["alert"] for group in ALERTS for rule in group["rules"]]
    assert len(alerts) > 10
    assert sorted(entries("Alerts")) == sorted(alerts)


def test_every_exit_code_of_a_worker_has_an_entry() -> None:
    """Those that docs/operations.md lists, and those that the code has."""
    page = (ROOT / "docs/operations.md").read_text()
    listed = page.partition("## Exit codes of workers")[2].partition("\n## ")[0]
    codes = re.findall(r"^\| (-?\d+) \|", listed, re.MULTILINE)
    assert {str(EXIT_CODE), str(FAILED), "0", "1"} <= set(codes)
    assert sorted(entries("Exit codes of workers")) == sorted(codes)


def test_every_entry_says_what_it_means_and_alerts_what_mends_them() -> None:
    for entry in re.split(r"^### ", PAGE.partition("\n## Alerts\n")[2].partition("\n## ")[0], flags=re.MULTILINE)[1:]:
        for part in ("**Means**", "**Mend**", "`"):
            assert part in entry or "mends**" in entry, f"{entry.splitlines()[0]} lacks {part}"


def test_links_lead_to_entries() -> None:
    anchors = {heading.lower().replace(" ", "-") for heading in re.findall(r"^##+ (.+)$", PAGE, re.MULTILINE)}
    targets = re.findall(r"\]\(#([^)]+)\)", PAGE)
    assert targets
    assert set(targets) <= anchors
