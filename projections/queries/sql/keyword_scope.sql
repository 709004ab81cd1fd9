-- Sources by a loose scan of their index; of each the newest 500 analysed reviews, whatever the tenant's size.
WITH RECURSIVE sources AS (
    (SELECT source FROM public.processed_reviews WHERE tenant_id = %(tenant_id)s ORDER BY source LIMIT 1)
    UNION ALL
    SELECT (
        SELECT r.source FROM public.processed_reviews AS r
        WHERE r.tenant_id = %(tenant_id)s AND r.source > sources.source ORDER BY r.source LIMIT 1
    )
    FROM sources WHERE sources.source IS NOT NULL
)
SELECT sources.source, newest.platform, newest.review_id,
       ARRAY(SELECT k.keyword FROM public.review_keywords AS k WHERE k.review_id = newest.review_id) AS keywords
FROM sources
CROSS JOIN LATERAL (
    SELECT r.review_id, r.platform FROM public.processed_reviews AS r
    WHERE r.tenant_id = %(tenant_id)s AND r.source = sources.source AND r.language IS NOT NULL
    ORDER BY r.published_at DESC, r.review_id DESC
    LIMIT 500
) AS newest
WHERE sources.source IS NOT NULL AND (%(source)s::text IS NULL OR sources.source = %(source)s::text)
