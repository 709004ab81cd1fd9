UPDATE {schema}.alarms AS alarm
SET closed_day = new.day, closed_reason = new.reason, closed_at = new.closed_at, position = new.position
FROM jsonb_to_recordset(%(closed)s::jsonb) AS new (
    alarm_id uuid, day date, reason text, closed_at timestamptz, position bigint
)
WHERE alarm.alarm_id = new.alarm_id
