from __future__ import annotations

from uuid import UUID

import pytest

from nlp.profiles import Profile, Profiles, checked_name, profile, tenant_tiers
from nlp.tiers import TIERS, VERSIONS

ACME, OTHER = UUID(int=1), UUID(int=2)


def test_each_tier_has_a_version_of_its_own() -> None:
    assert len(set(VERSIONS.values())) == len(TIERS) == len(VERSIONS)
    assert profile("precise", default="quick", named="") == Profile("precise", VERSIONS["precise"])


def test_a_name_of_ones_own_is_the_default_tiers_and_the_others_are_told_from_it() -> None:
    assert profile("quick", default="quick", named="mine") == Profile("quick", "mine")
    assert profile("precise", default="quick", named="mine") == Profile("precise", "mine-precise")


@pytest.mark.parametrize(("name", "why"), [("2", "an earlier release"), (VERSIONS["precise"], "the tier precise")])
def test_a_name_that_another_analysis_has_is_refused(name: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        checked_name(name, "quick")
    assert checked_name(VERSIONS["quick"], "quick") == VERSIONS["quick"]


def test_a_tenants_own_profile_counts() -> None:
    profiles = Profiles(Profile("quick", "7"), {ACME: Profile("precise", "7-precise")})
    assert (profiles.of(ACME).tier, profiles.of(OTHER).tier) == ("precise", "quick")
    assert profiles.versions == ["7", "7-precise"]
    assert (profiles.tenants_with("7"), profiles.tenants_without("7")) == (None, [ACME])
    assert profiles.tenants_with("7-precise") == [ACME]


def test_tenants_tiers_are_read_and_what_is_none_is_named() -> None:
    assert tenant_tiers(" blue-harbour = precise, red-harbour=lexicon,") == {
        "blue-harbour": "precise",
        "red-harbour": "lexicon",
    }
    for wrong in ("blue-harbour", "blue-harbour=best", "=quick"):
        with pytest.raises(ValueError, match="tiers are lexicon, quick, precise"):
            tenant_tiers(wrong)
