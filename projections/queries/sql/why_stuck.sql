-- The newest failure of the revision says why; where there is none, nothing has tried it, or it continues.
SELECT saga.review_id, saga.tenant_id, saga.since, last.step, last.attempt, last.error_type, last.error
FROM public.saga_progress AS saga
LEFT JOIN LATERAL (
    SELECT failure.step, failure.attempt, failure.error_type, failure.error
    FROM public.failures AS failure
    WHERE failure.review_id = saga.review_id AND failure.revision = saga.revision AND failure.kind = 'failed'
    ORDER BY failure.position DESC
    LIMIT 1
) AS last ON true
WHERE saga.review_id = ANY (%(reviews)s::uuid[])
