-- One row for each value of a column, whatever the other columns of the key are.
SELECT
    $origin AS origin, sum(m.total_reviews) AS total, sum(m.sentiment_positive), sum(m.sentiment_neutral),
    sum(m.sentiment_negative), sum(m.sentiment_undetermined),
    toFloat64(sum(m.rating_sum)) / nullIf(sum(m.rating_count), 0),
    toFloat64(sum(m.score_sum)) / nullIf(sum(m.score_count), 0)
FROM $database.review_metrics AS m
WHERE tenant_id = %(tenant_id)s
  AND timestamp >= toDateTime64(%(since)s, 0, 'UTC') AND timestamp <= toDateTime64(%(until)s, 0, 'UTC')
  AND (%(source)s = '' OR source = %(source)s)
GROUP BY origin
HAVING total != 0
ORDER BY total DESC, origin
