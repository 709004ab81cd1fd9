SELECT tenant_id, count(*), sum(('x' || substr(md5(concat_ws('|',
    review_id, next_step, revision, attempts, coalesce((extract(epoch FROM not_before) * 1000000)::bigint::text, ''),
    last_position, version, event_id, coalesce(correlation_id::text, '')
)), 1, 16))::bit(64)::bigint::numeric)
FROM {schema}.saga_progress
GROUP BY tenant_id
