-- In how many of the reviews each phrase and each entity is, ignoring the case of entities.
WITH chosen AS (
    SELECT unnest(%(recent)s::uuid[]) AS review_id, true AS recent
    UNION ALL
    SELECT unnest(%(before)s::uuid[]), false
), said AS (
    SELECT DISTINCT 'keyword' AS kind, k.keyword AS text, chosen.review_id, chosen.recent
    FROM chosen JOIN public.review_keywords AS k USING (review_id) WHERE k.tenant_id = %(tenant_id)s
    UNION ALL
    SELECT DISTINCT 'entity', lower(e.entity_text), chosen.review_id, chosen.recent
    FROM chosen JOIN public.review_entities AS e USING (review_id) WHERE e.tenant_id = %(tenant_id)s
)
SELECT kind, text, count(*) FILTER (WHERE recent), count(*) FILTER (WHERE NOT recent)
FROM said
GROUP BY kind, text
HAVING count(*) FILTER (WHERE recent) > 1
