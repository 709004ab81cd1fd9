-- Raw probabilities of one processing version beside the truth, in an order that is chance and stays the same.
WITH said AS (
    SELECT review.review_id, feedback.right_value, count(*) AS people
    FROM public.review_feedback AS feedback
    JOIN public.processed_reviews AS review
      ON review.review_id = feedback.review_id AND review.revision = feedback.revision
    WHERE %(against)s::text = 'feedback' AND feedback.tenant_id = %(tenant_id)s AND feedback.field = 'label'
    GROUP BY 1, 2
), most AS (
    SELECT review_id, right_value, rank() OVER (PARTITION BY review_id ORDER BY people DESC) AS place FROM said
), truths AS (
    SELECT review_id, min(right_value) AS truth FROM most WHERE place = 1 GROUP BY review_id HAVING count(*) = 1
), judged AS (
    SELECT review_id, sentiment_probability, sentiment_label,
           CASE WHEN %(against)s::text = 'feedback' THEN truths.truth
                WHEN rating <= 2 THEN 'negative'
                WHEN rating >= 4 THEN 'positive'
           END AS truth
    FROM public.processed_reviews AS review
    LEFT JOIN truths USING (review_id)
    WHERE tenant_id = %(tenant_id)s AND processing_version = %(version)s AND sentiment_probability IS NOT NULL
      AND (%(source)s::text IS NULL OR source = %(source)s::text)
      AND (%(language)s::text IS NULL OR language = %(language)s::text)
      AND (%(since)s::timestamptz IS NULL OR published_at >= %(since)s::timestamptz)
      AND (%(until)s::timestamptz IS NULL OR published_at < %(until)s::timestamptz)
)
SELECT sentiment_probability::float8 AS probability, truth = 'positive' AS positive, sentiment_label AS label
FROM judged
WHERE truth IN ('positive', 'negative')
ORDER BY md5(review_id::text)
LIMIT %(limit)s
