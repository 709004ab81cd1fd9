"""Which topic stands under the name of the inbound topic, and that its consumer group is not ahead of the ledger.

A topic that is deleted and made again starts at offset 0 again. Taken for the one before, its first messages would count
as handled, or be passed over by a group whose offsets are the old ones.
"""

from __future__ import annotations

import structlog

from connectors.kafka import describe, end_offsets
from connectors.kafka_groups import committed, set_back
from connectors.wait import wait_out
from schemas.errors import TransientError, Unavailable
from services.inbound.ledger import InboundLedger
from streams.topics import INBOUND

log = structlog.get_logger(__name__)


def recognise(url: str, ledger: InboundLedger, group: str, *, patience: float = 45.0) -> str:
    """The id of the inbound topic, known to the ledger from now on; the group reads what the ledger has not counted.

    `patience`: seconds to wait for a broker that is starting, and for members of the group to be gone where it must be
    set back: one that died is remembered for some seconds. Raises Unavailable when there is no topic, and
    TransientError after that time.
    """
    return wait_out(TransientError, lambda: _recognise(url, ledger, group), patience, every=0.5)


def _recognise(url: str, ledger: InboundLedger, group: str) -> str:
    topic = describe(url, INBOUND)
    if ledger.recognise(INBOUND, topic.id, end_offsets(url, INBOUND)):
        log.warning("inbound.made_anew", topic=INBOUND, topic_id=topic.id)
    # In this order: another worker counts first and commits then, so what it does meanwhile cannot look as if ahead.
    reads = committed(url, group, INBOUND, topic.partitions)
    counted = ledger.offsets(INBOUND)
    ahead = {number: counted.get(number, 0) for number, offset in reads.items() if offset > counted.get(number, 0)}
    if ahead:
        set_back(url, group, INBOUND, ahead)
        log.warning("inbound.group_set_back", group=group, partitions=sorted(ahead))
    return topic.id


def replaced(url: str, topic_id: str) -> bool:
    """Whether another topic stands under the name by now; not, while none does or Kafka does not answer."""
    try:
        return describe(url, INBOUND).id != topic_id
    except (TransientError, Unavailable):
        return False
