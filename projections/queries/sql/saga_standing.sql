SELECT review_id, revision, version, next_step, not_before
FROM public.saga_progress
WHERE review_id = ANY (%(reviews)s::uuid[])
