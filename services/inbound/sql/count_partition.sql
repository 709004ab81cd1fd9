INSERT INTO inbound_partitions AS p (
    topic, topic_id, partition, next_offset, received, accepted, revised, corrected, withdrawn, deduplicated, dead_lettered
)
VALUES (
    %(topic)s, %(topic_id)s, %(partition)s, %(next_offset)s,
    %(received)s, %(accepted)s, %(revised)s, %(corrected)s, %(withdrawn)s, %(deduplicated)s, %(dead_lettered)s
)
ON CONFLICT (topic, topic_id, partition) DO UPDATE SET
    next_offset = excluded.next_offset,
    received = p.received + excluded.received,
    accepted = p.accepted + excluded.accepted,
    revised = p.revised + excluded.revised,
    corrected = p.corrected + excluded.corrected,
    withdrawn = p.withdrawn + excluded.withdrawn,
    deduplicated = p.deduplicated + excluded.deduplicated,
    dead_lettered = p.dead_lettered + excluded.dead_lettered
WHERE p.next_offset <= %(first_offset)s
