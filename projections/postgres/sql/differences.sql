-- Reviews whose rows differ, as multisets: the live version's against those that were rebuilt.
WITH stands AS (
    SELECT review_id, tenant_id, count(*) AS rows,
           sum(('x' || substr(md5(t::text), 1, 16))::bit(64)::bigint::numeric) AS content
    FROM {live} AS t
    WHERE %(reviews)s::uuid[] IS NULL OR review_id = ANY (%(reviews)s::uuid[])
    GROUP BY review_id, tenant_id
), made AS (
    SELECT review_id, tenant_id, count(*) AS rows,
           sum(('x' || substr(md5(t::text), 1, 16))::bit(64)::bigint::numeric) AS content
    FROM {made} AS t
    GROUP BY review_id, tenant_id
)
SELECT review_id, tenant_id, coalesce(stands.rows, 0), coalesce(made.rows, 0)
FROM stands FULL JOIN made USING (review_id, tenant_id)
WHERE (stands.rows, stands.content) IS DISTINCT FROM (made.rows, made.content)
ORDER BY review_id
