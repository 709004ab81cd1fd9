SELECT position, review_id, tenant_id, kind, revision, step, attempt, error_type, error, not_before, occurred_at
FROM public.failures
WHERE (%(tenant_id)s::uuid IS NULL OR tenant_id = %(tenant_id)s::uuid)
  AND (%(review_id)s::uuid IS NULL OR review_id = %(review_id)s::uuid)
  AND (%(before)s::bigint IS NULL OR position < %(before)s::bigint)
ORDER BY position DESC
LIMIT %(limit)s
