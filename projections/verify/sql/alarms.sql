SELECT tenant_id, count(*), sum(('x' || substr(md5(concat_ws('|',
    alarm_id, review_id, measure, source, topic, kind, direction, first_day, day, reviews, jsonb_array_length(drivers),
    jsonb_array_length(review_ids), coalesce(closed_day::text, ''), coalesce(closed_reason, ''), position
)), 1, 16))::bit(64)::bigint::numeric)
FROM {schema}.alarms
GROUP BY tenant_id
