SELECT deadline.step
FROM unnest(%(steps)s::text[], %(seconds)s::float8[]) AS deadline (step, seconds)
WHERE EXISTS (
    SELECT FROM public.saga_progress
    WHERE next_step = deadline.step AND next_step NOT IN ('done', 'abandoned', 'withdrawn')
      AND since < %(now)s - deadline.seconds * interval '1 second' AND not_before IS NULL
)
