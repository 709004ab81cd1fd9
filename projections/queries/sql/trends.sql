-- All reviews by week (from its Monday) or month, out of the sums by day.
SELECT
    $first_day AS first_day, '' AS topic, sum(m.total_reviews) AS total, sum(m.sentiment_positive) AS positive,
    sum(m.sentiment_neutral) AS neutral, sum(m.sentiment_negative) AS negative,
    sum(m.sentiment_undetermined) AS undetermined, toFloat64(sum(m.rating_sum)) / nullIf(sum(m.rating_count), 0)
FROM $database.review_metrics AS m
WHERE tenant_id = %(tenant_id)s
  AND timestamp >= toDateTime64(%(since)s, 0, 'UTC') AND timestamp <= toDateTime64(%(until)s, 0, 'UTC')
  AND (%(source)s = '' OR source = %(source)s)
GROUP BY first_day
HAVING total != 0
ORDER BY first_day
