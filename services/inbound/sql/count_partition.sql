INSERT INTO inbound_partitions AS p (topic, topic_id, partition, next_offset, received, accepted, deduplicated, dead_lettered)
VALUES (
    %(topic)s, %(topic_id)s, %(partition)s, %(next_offset)s,
    %(received)s, %(accepted)s, %(deduplicated)s, %(dead_lettered)s
)
ON CONFLICT (topic, topic_id, partition) DO UPDATE SET
    next_offset = excluded.next_offset,
    received = p.received + excluded.received,
    accepted = p.accepted + excluded.accepted,
    deduplicated = p.deduplicated + excluded.deduplicated,
    dead_lettered = p.dead_lettered + excluded.dead_lettered
WHERE p.next_offset <= %(first_offset)s
