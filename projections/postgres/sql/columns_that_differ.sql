-- Names only: what stands in them may be personal.
SELECT coalesce(array_agg(stands.key ORDER BY stands.key), '{{}}')
FROM {live} AS l, {made} AS m, jsonb_each(to_jsonb(l)) AS stands, jsonb_each(to_jsonb(m)) AS made
WHERE l.review_id = %(review_id)s AND m.review_id = l.review_id AND made.key = stands.key
  AND made.value IS DISTINCT FROM stands.value
