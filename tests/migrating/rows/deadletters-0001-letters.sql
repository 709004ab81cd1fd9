INSERT INTO dead_letters (
    dead_letter_id, stage, reason, field, error, origin_topic, origin_partition, origin_offset, origin_item, headers,
    payload, dead_lettered_at, state, changed_at
)
SELECT
    gen_random_uuid(), 'collect', 'missing', 'content', 'empty', 'reviews.inbound', 0, n, 0, '[]', '\x7b7d', now(),
    CASE WHEN n > 3 THEN 'replayed' ELSE 'open' END, CASE WHEN n > 3 THEN now() END
FROM generate_series(1, 5) AS n;
INSERT INTO dead_letter_audit (dead_letter_id, action, actor)
SELECT dead_letter_id, 'replay', 'operator' FROM dead_letters WHERE state = 'replayed';
