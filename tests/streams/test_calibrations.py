"""The nlp step with calibrations of tenants in a real log: which version a result names, and what becomes of its label."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from aggregates.review.aggregate import Review
from aggregates.review.commands import record_notified, request_reprocessing
from aggregates.review.notifications import NONE
from eventstore.log import EventLog
from nlp.model import Analysis, Given
from nlp.profiles import Profile, Profiles
from operations.calibrations import CalibrationDesk
from operations.reprocessing import check_version
from schemas.errors import InvalidInput, NotAllowed, VersionConflict
from schemas.events.review import ReviewProcessed, SentimentAnalyzed
from streams.runtime.step import Done
from streams.steps.calibrations import TenantCalibrations, apply
from streams.steps.nlp import Nlp
from tests.streams.making import ANALYSIS, NOW, TENANT, advanced, collected, work

PROPOSAL: dict[str, Any] = {
    "helps": True, "method": "platt", "base_version": "7", "inputs": [1.0, 1.0], "outputs": [], "truth": "stars",
    "reviews": 400, "error_before": 0.2, "error_after": 0.1,
}  # fmt: skip
BARS = {"negative_below": 0.4, "positive_from": 0.6, "who": "ann", "reason": ""}


class Sure:
    """Finds the same in every text: negative, with this probability of positive. No analyzer of this release has one to give."""

    def __init__(self, probability: float | None) -> None:
        self._found = replace(ANALYSIS, sentiment=replace(ANALYSIS.sentiment, probability=probability))

    def submit(self, texts: Sequence[Given]) -> Future[list[Analysis]]:
        """At once."""
        answer: Future[list[Analysis]] = Future()
        answer.set_result([self._found] * len(texts))
        return answer


@pytest.fixture
def desk(log: EventLog) -> CalibrationDesk:
    return CalibrationDesk(log, now=lambda: NOW)


RUNS = Profiles(Profile("quick", "7"))


def waiting(version: str = "") -> Review:
    """A new review that waits for nlp, or one that is asked of that version."""
    change = collected()
    review = advanced(change.review.after(change.events), until="nlp" if not version else "notify")
    if not version:
        return review
    review = review.after(record_notified(review, 1, NONE, now=NOW))
    return review.after(request_reprocessing(review, version, now=NOW))


async def analysed(step: Nlp, review: Review) -> tuple[ReviewProcessed, SentimentAnalyzed] | None:
    (outcome,) = await step.perform([work(review)])
    assert isinstance(outcome, Done)
    return outcome.events or None  # type: ignore[return-value]


def step(log: EventLog, probability: float | None = 0.3, *, ttl: float = 0.0) -> Nlp:
    return Nlp(Sure(probability), RUNS, TenantCalibrations(log, ttl=ttl), now=lambda: NOW)


async def test_new_results_have_the_calibration_and_name_it(log: EventLog, desk: CalibrationDesk) -> None:
    nlp = step(log)
    before = await analysed(nlp, waiting())
    desk.set(TENANT, PROPOSAL, **BARS)
    after = await analysed(nlp, waiting())
    assert before is not None
    assert after is not None
    assert [each.processing_version for each in before] == ["7", "7"]
    assert (before[1].label, before[1].probability) == ("negative", 0.3)
    assert [each.processing_version for each in after] == ["7+calibration.1", "7+calibration.1"]
    assert (after[1].label, after[1].probability, after[1].score) == ("undetermined", 0.5381, None)
    assert after[0].analyzers["calibration"] == "platt 1 on version 7"
    desk.clear(TENANT, who="ann", reason="")
    cleared = await analysed(nlp, waiting())
    assert cleared is not None
    assert cleared[1] == before[1]


async def test_what_is_asked_of_a_version_gets_that_one_whatever_holds_now(
    log: EventLog, desk: CalibrationDesk
) -> None:
    nlp = step(log, ttl=1000.0)
    assert await analysed(nlp, waiting("7+calibration.1")) is None
    desk.set(TENANT, PROPOSAL, **BARS)
    desk.set(TENANT, {**PROPOSAL, "inputs": [1.0, 3.0]}, **BARS)
    for version, label in (("7", "negative"), ("7+calibration.1", "undetermined"), ("7+calibration.2", "positive")):
        found = await analysed(nlp, waiting(version))
        assert found is not None
        assert (found[1].processing_version, found[1].label) == (version, label)
    for version in ("8", "7+calibration.3", "7+calibration.1x", "8+calibration.1", "7+gazetteer.1"):
        assert await analysed(nlp, waiting(version)) is None


async def test_a_calibration_is_for_the_version_that_it_was_fitted_on(log: EventLog, desk: CalibrationDesk) -> None:
    desk.set(TENANT, {**PROPOSAL, "base_version": "6"}, **BARS)
    found = await analysed(step(log), waiting())
    assert found is not None
    assert found[1].processing_version == "7"


async def test_a_result_without_a_probability_names_it_and_stays(log: EventLog, desk: CalibrationDesk) -> None:
    desk.set(TENANT, PROPOSAL, **BARS)
    found = await analysed(step(log, None), waiting())
    assert found is not None
    assert (found[1].processing_version, found[1].label, found[1].score) == ("7+calibration.1", "negative", -0.6)


@pytest.mark.parametrize("label", ["neutral", "undetermined"])
def test_what_the_analyzer_left_open_stays_open(desk: CalibrationDesk, label: Any) -> None:
    by = desk.set(TENANT, {**PROPOSAL, "inputs": [1.0, 9.0]}, **BARS).history[0]
    open_ = replace(ANALYSIS, sentiment=replace(ANALYSIS.sentiment, label=label, score=None, probability=0.3))
    found = apply(by, open_).sentiment
    assert (found.label, found.score) == (label, None)
    assert found.probability == pytest.approx(0.9997, abs=1e-4)


def test_two_who_set_at_once_are_told(log: EventLog, desk: CalibrationDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    empty = desk.of(TENANT)
    desk.set(TENANT, PROPOSAL, **BARS)
    monkeypatch.setattr(desk, "of", lambda _: empty)
    with pytest.raises(VersionConflict, match="somebody else"):
        desk.set(TENANT, {**PROPOSAL, "inputs": [1.0, 2.0]}, **(BARS | {"who": "bob"}))
    assert CalibrationDesk(log).of(TENANT).history[0].who == "ann"


def test_what_was_not_proposed_or_does_not_help_is_refused(desk: CalibrationDesk) -> None:
    for proposal, why in (
        ({}, "is not what"),
        ({"calibration": {"helps": False, "why": "too few"}}, "not found to help: too few"),
        ({**PROPOSAL, "inputs": ["a"]}, "no number"),
        ({"helps": True}, "lacks a value"),
    ):
        with pytest.raises(InvalidInput, match=why):
            desk.set(TENANT, proposal, **BARS)
    with pytest.raises(NotAllowed):
        desk.clear(uuid4(), who="ann", reason="")


def test_reprocessing_takes_the_versions_of_the_chosen_tenant_only(desk: CalibrationDesk) -> None:
    known = desk.set(TENANT, PROPOSAL, **BARS).versions("7")
    check_version("7+calibration.1", runs=RUNS, calibrated=known)
    check_version("7", runs=RUNS)
    for version, calibrated in (("7+calibration.2", known), ("7+calibration.1", [])):
        with pytest.raises(InvalidInput, match="give --tenant"):
            check_version(version, runs=RUNS, calibrated=calibrated)
    with pytest.raises(InvalidInput, match="is not the version that runs here"):
        check_version("8", runs=RUNS, calibrated=known)
