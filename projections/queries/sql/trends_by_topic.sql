SELECT
    first_day, topic_id AS topic, sum(p.total_reviews) AS total, sum(p.sentiment_positive) AS positive,
    sum(p.sentiment_neutral) AS neutral, sum(p.sentiment_negative) AS negative,
    sum(p.sentiment_undetermined) AS undetermined, toFloat64(sum(p.rating_sum)) / nullIf(sum(p.rating_count), 0)
FROM $database.topic_periods AS p
WHERE tenant_id = %(tenant_id)s AND period = %(period)s
  AND first_day >= toDate32(%(since)s) AND first_day <= toDate32(%(until)s)
  AND (%(source)s = '' OR source = %(source)s) AND (%(topic)s = '' OR topic_id = %(topic)s)
GROUP BY first_day, topic_id
HAVING total != 0
ORDER BY first_day, total DESC, topic_id
