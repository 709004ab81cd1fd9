SELECT
    alarm_id, measure, source, topic, kind, direction, first_day, day, observed, expected, reviews, surprise, drivers,
    review_ids, raised_at, closed_day, closed_reason
FROM public.alarms
WHERE tenant_id = %(tenant_id)s
  AND (NOT %(open)s OR closed_day IS NULL)
  AND (%(since)s::date IS NULL OR coalesce(closed_day, 'infinity') >= %(since)s::date)
ORDER BY day DESC, surprise, alarm_id
LIMIT %(limit)s
