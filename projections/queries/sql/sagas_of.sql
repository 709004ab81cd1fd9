-- The read model has one row a review: the event that starts its next step, and its correlation id.
SELECT review_id
FROM public.saga_progress
WHERE (event_id = %(id)s OR correlation_id = %(id)s)
  AND (%(tenant_id)s::uuid IS NULL OR tenant_id = %(tenant_id)s::uuid)
ORDER BY last_position
LIMIT %(limit)s
