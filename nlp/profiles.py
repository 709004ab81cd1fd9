"""Which analysis each tenant's reviews get: the tier, and the processing version that results name."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from nlp.tiers import DEFAULT, TIERS, VERSIONS, Tier

EARLIER = ("1", "2")
"""What earlier releases called their analyses."""


@dataclass(frozen=True, slots=True)
class Profile:
    """How a review is analysed."""

    tier: Tier = DEFAULT
    version: str = VERSIONS[DEFAULT]


@dataclass(frozen=True, slots=True)
class Profiles:
    """The profile that counts for a tenant: its own, or that of all others."""

    others: Profile = Profile()
    own: Mapping[UUID, Profile] = field(default_factory=dict)

    def of(self, tenant_id: UUID) -> Profile:
        """That tenant's."""
        return self.own.get(tenant_id, self.others)

    @property
    def versions(self) -> list[str]:
        """All that workers with these settings run, that of most tenants first."""
        return list(dict.fromkeys((self.others.version, *(each.version for each in self.own.values()))))

    def tenants_without(self, version: str) -> Collection[UUID]:
        """Tenants of their own profile whose reviews are not analysed with this version."""
        return [tenant for tenant, profile in self.own.items() if profile.version != version]

    def tenants_with(self, version: str) -> Collection[UUID] | None:
        """The only tenants whose reviews are analysed with this version; None for all but `tenants_without`."""
        if version == self.others.version:
            return None
        return [tenant for tenant, profile in self.own.items() if profile.version == version]


def profile(tier: Tier, *, default: Tier, named: str) -> Profile:
    """A tier's profile. `named` is what the settings call the default tier's analysis; empty for this release's own names."""
    if not named:
        return Profile(tier, VERSIONS[tier])
    return Profile(tier, named if tier == default else f"{named}-{tier}")


def checked_name(named: str, tier: Tier) -> str:
    """The name as it came. Raises ValueError for one that another analysis has already."""
    taken = {VERSIONS[each]: f"the tier {each} of this release" for each in TIERS if each != tier}
    taken |= dict.fromkeys(EARLIER, "the analysis of an earlier release")
    if named in taken:
        raise ValueError(f"{named} is {taken[named]}; leave it out for this release's own name, or choose a new one")
    return named


def tenant_tiers(text: str) -> Mapping[str, Tier]:
    """`slug=tier[,slug=tier]` parsed. Raises ValueError that names what is wrong."""
    return dict(map(_pair, filter(None, map(str.strip, text.split(",")))))


def _pair(text: str) -> tuple[str, Tier]:
    slug, _, name = (part.strip() for part in text.partition("="))
    tier = next((each for each in TIERS if each == name), None)
    if not slug or tier is None:
        raise ValueError(
            f"{text!r} names no tenant and tier; write for example blue-harbour=precise; tiers are {', '.join(TIERS)}"
        )
    return slug, tier
