"""Whatever operators do, in whatever order, and wherever they are killed: every message is counted once, no letter is lost."""

from __future__ import annotations

import itertools
from contextlib import suppress
from uuid import uuid4

from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.kafka import ConfirmingProducer
from connectors.postgres import Pool
from services.dead_letters.records import Selection, StoredDeadLetter
from services.tenancy.directory import TenantDirectory
from services.tenancy.tenants import Tenants
from tests.effort import examples
from tests.streams.making import body, inbound
from tests.streams.test_replaying import Dying, World

ACTIONS = st.lists(
    st.sampled_from(["publish", "register", "replay", "replay killed", "discard one"]), min_size=2, max_size=8
)


@settings(max_examples=examples(12))
@given(actions=ACTIONS)
def test_the_sum_holds_and_every_letter_has_one_state(
    pool: Pool, directory: TenantDirectory, shared_producer: ConfirmingProducer, topics: str, actions: list[str]
) -> None:
    world, slug, names = World(pool, directory, shared_producer, topics), f"t-{uuid4().hex[:8]}", itertools.count()
    before, tenants, events = world.counts(), Tenants(pool), world.log.head()

    def mine(state: str | None) -> list[StoredDeadLetter]:
        return world.letters.find(Selection(run=slug, state=state))  # type: ignore[arg-type]

    for action in actions:
        if action == "publish":
            world.publish(inbound(body(f"{slug}-{next(names)}"), 0, tenant=slug, runid=slug, line="1"))
        elif action == "register" and tenants.find(slug) is None:
            tenants.create(slug)
        elif action == "replay":
            world.replay(mine("open"))
        elif action == "replay killed":
            with suppress(RuntimeError):
                world.replay(mine("open"), Dying(world.producer))
        elif action == "discard one":
            world.letters.discard([each.dead_letter_id for each in mine("open")[:1]], actor="bob", why="chosen")
        world.settle()
        sent = len(world.inbound.messages())
        accepted, deduplicated, dead = (now - then for now, then in zip(world.counts(), before, strict=True))
        assert sent == accepted + deduplicated + dead
        assert dead == len(mine(None))
        settled = [each for each in mine(None) if each.state != "open"]
        assert all(len(world.letters.history(each.dead_letter_id)) == 1 for each in settled)
        assert accepted == world.log.head() - events <= len(actions)
