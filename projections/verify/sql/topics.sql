SELECT tenant_id, count(*), sum(('x' || substr(md5(concat_ws('|',
    review_id, topic_id, md5(name), md5(array_to_string(keywords, ' ')), size, hidden::int, pinned::int, split::int,
    coalesce(merged_into, ''), coalesce(parent, ''), array_to_string(examples, ' '), version, position
)), 1, 16))::bit(64)::bigint::numeric)
FROM {schema}.topics
GROUP BY tenant_id
