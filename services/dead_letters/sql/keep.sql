INSERT INTO dead_letters (
    dead_letter_id, tenant, stage, reason, field, error, origin_topic, origin_partition, origin_offset, origin_item,
    review_id, run_id, line, replay_of, headers, payload, dead_lettered_at
) VALUES (
    %(dead_letter_id)s, %(tenant)s, %(stage)s, %(reason)s, %(field)s, %(error)s, %(origin_topic)s,
    %(origin_partition)s, %(origin_offset)s, %(origin_item)s, %(review_id)s, %(run_id)s, %(line)s, %(replay_of)s,
    %(headers)s, %(payload)s, %(dead_lettered_at)s
)
ON CONFLICT (dead_letter_id) DO NOTHING
