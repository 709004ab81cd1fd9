SELECT review_id, tenant_id, version, last_position AS position, event_id, correlation_id, next_step, not_before, attempts
FROM public.saga_progress
WHERE next_step = %(step)s AND next_step NOT IN ('done', 'abandoned', 'withdrawn')
  AND not_before IS NULL AND since < %(before)s AND last_position <= %(until)s
  AND last_position <> ALL (%(besides)s::bigint[])
ORDER BY since, review_id
LIMIT %(limit)s
