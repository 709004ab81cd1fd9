SELECT tenant_id, count(*), sum(('x' || substr(md5(concat_ws('|',
    review_id, revision, field, md5(subject), md5(who), md5(coalesce(given_value, '')), md5(coalesce(right_value, '')),
    md5(coalesce(note, '')), processing_version, position
)), 1, 16))::bit(64)::bigint::numeric)
FROM {schema}.review_feedback
GROUP BY tenant_id
