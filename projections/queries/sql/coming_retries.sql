SELECT review_id, tenant_id, version, last_position AS position, event_id, correlation_id, next_step, not_before, attempts
FROM public.saga_progress
WHERE not_before IS NOT NULL AND not_before > %(now)s
ORDER BY not_before, review_id
LIMIT %(limit)s
