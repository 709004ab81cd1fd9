SELECT review_id, tenant_id, version, last_position AS position, event_id, correlation_id, next_step, not_before, attempts
FROM public.saga_progress
WHERE next_step NOT IN ('done', 'abandoned', 'withdrawn') AND coalesce(not_before, since) <= %(now)s
  AND last_position > %(after)s
ORDER BY last_position
LIMIT %(limit)s
