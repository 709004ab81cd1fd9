SELECT tenant_id, count(*), sum(('x' || substr(md5(concat_ws('|',
    review_id, term, text, label, coalesce(probability::text, ''), spans #>> '{{at,start}}', spans #>> '{{at,end}}',
    spans #>> '{{clause,start}}', spans #>> '{{clause,end}}', position
)), 1, 16))::bit(64)::bigint::numeric)
FROM {schema}.review_aspects
GROUP BY tenant_id
