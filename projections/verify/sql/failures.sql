SELECT tenant_id, count(*), sum(('x' || substr(md5(concat_ws('|',
    position, review_id, kind, revision, step, attempt
)), 1, 16))::bit(64)::bigint::numeric)
FROM {schema}.failures
GROUP BY tenant_id
