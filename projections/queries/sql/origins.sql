-- Tenants and their sources without reading their reviews: one probe of idx_reviews_source for each pair.
WITH RECURSIVE pairs AS (
    (
        SELECT tenant_id, source FROM public.processed_reviews
        WHERE %(tenant_id)s::uuid IS NULL OR tenant_id = %(tenant_id)s::uuid
        ORDER BY tenant_id, source
        LIMIT 1
    )
    UNION ALL
    SELECT following.tenant_id, following.source
    FROM pairs CROSS JOIN LATERAL (
        SELECT review.tenant_id, review.source FROM public.processed_reviews AS review
        WHERE (review.tenant_id, review.source) > (pairs.tenant_id, pairs.source)
          AND (%(tenant_id)s::uuid IS NULL OR review.tenant_id = %(tenant_id)s::uuid)
        ORDER BY review.tenant_id, review.source
        LIMIT 1
    ) AS following
)
SELECT tenant_id, source FROM pairs
