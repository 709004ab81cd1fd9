CREATE OR REPLACE VIEW public.alarms WITH (security_invoker = true) AS
SELECT
    alarm_id, review_id AS series_id, tenant_id, measure, source, topic, kind, direction, first_day, day, observed, expected,
    reviews, surprise, drivers, review_ids, raised_at, closed_day, closed_reason, closed_at, position
FROM {schema}.alarms;
