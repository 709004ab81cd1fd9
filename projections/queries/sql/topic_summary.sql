-- The trend is the topic's share of the reviews of the later half of the days, less its share in the earlier half.
WITH
    found AS (
        SELECT review_id, date, label, rating, score, topic_ids, topic_confidences
        FROM $database.review_facts FINAL
        WHERE tenant_id = %(tenant_id)s AND date >= toDate32(%(since)s) AND date <= toDate32(%(until)s)
          AND (%(source)s = '' OR source = %(source)s) AND (%(label)s = '' OR label = %(label)s)
    ),
    (SELECT toInt64(min(date)) + intDiv(toInt64(max(date)) - toInt64(min(date)), 2) FROM found) AS middle,
    (SELECT countIf(toInt64(date) > middle) FROM found) AS late,
    (SELECT countIf(toInt64(date) <= middle) FROM found) AS early,
    (SELECT count() FROM found) AS every
SELECT
    topic, count() AS reviews, reviews / every AS share, countIf(label = 'positive'), countIf(label = 'neutral'),
    countIf(label = 'negative'), countIf(label = 'undetermined'), avgOrNull(toFloat64(rating)),
    avgOrNull(toFloat64(score)), avg(toFloat64(confidence)),
    if(late = 0 OR early = 0, NULL, countIf(toInt64(date) > middle) / late - countIf(toInt64(date) <= middle) / early),
    arrayMap(one -> one.2, groupArraySorted(3)((-toFloat64(confidence), toString(review_id))))
FROM found
ARRAY JOIN topic_ids AS topic, topic_confidences AS confidence
GROUP BY topic
ORDER BY reviews DESC, topic
