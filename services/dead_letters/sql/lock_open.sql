-- Two operators at once: each letter is handled by one of them, and the other one passes over it.
SELECT dead_letter_id, tenant, stage, reason, origin_partition, review_id, headers, payload
FROM dead_letters
WHERE dead_letter_id = ANY (%(ids)s::uuid[]) AND state = 'open'
ORDER BY dead_lettered_at, origin_topic, origin_partition, origin_offset, origin_item, dead_letter_id
FOR UPDATE SKIP LOCKED
