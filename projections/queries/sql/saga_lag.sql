SELECT next_step AS step, count(*) AS count,
       extract(epoch FROM greatest(clock_timestamp() - min(since), interval '0'))::float8 AS oldest_seconds
FROM public.saga_progress
WHERE next_step NOT IN ('done', 'abandoned', 'withdrawn')
  AND (%(tenant_id)s::uuid IS NULL OR tenant_id = %(tenant_id)s::uuid)
GROUP BY next_step
ORDER BY array_position(ARRAY['store', 'nlp', 'analytics', 'notify', 'failed'], next_step)
