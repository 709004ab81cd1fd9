SELECT tenant_id, count(*), sum(('x' || substr(md5(concat_ws('|',
    review_id, next_step, revision, attempts, last_position
)), 1, 16))::bit(64)::bigint::numeric)
FROM {schema}.saga_progress
GROUP BY tenant_id
