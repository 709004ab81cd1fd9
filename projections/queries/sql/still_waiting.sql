SELECT last_position AS position
FROM public.saga_progress
WHERE review_id = ANY (%(reviews)s::uuid[]) AND next_step NOT IN ('done', 'abandoned', 'withdrawn')
  AND last_position = ANY (%(positions)s::bigint[])
