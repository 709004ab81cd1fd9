INSERT INTO {schema}.alarms (
    alarm_id, review_id, tenant_id, measure, source, topic, kind, direction, first_day, day, observed, expected, reviews,
    surprise, drivers, review_ids, raised_at, position
)
SELECT
    alarm_id, review_id, tenant_id, measure, source, topic, kind, direction, first_day, day, observed, expected, reviews,
    surprise, drivers, review_ids, raised_at, position
FROM jsonb_to_recordset(%(raised)s::jsonb) AS new (
    alarm_id uuid, review_id uuid, tenant_id uuid, measure text, source text, topic text, kind text, direction text,
    first_day date, day date, observed double precision, expected double precision, reviews integer,
    surprise double precision, drivers jsonb, review_ids jsonb, raised_at timestamptz, position bigint
)
