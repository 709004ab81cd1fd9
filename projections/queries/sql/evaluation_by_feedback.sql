-- As evaluation_by_stars.sql, with what people say is right as the truth: of the present text, and where more say it than anything else.
WITH said AS (
    SELECT review.review_id, feedback.right_value, count(*) AS people
    FROM public.review_feedback AS feedback
    JOIN public.processed_reviews AS review
      ON review.review_id = feedback.review_id AND review.revision = feedback.revision
    WHERE feedback.tenant_id = %(tenant_id)s AND feedback.field = 'label'
    GROUP BY 1, 2
), most AS (
    SELECT review_id, right_value, rank() OVER (PARTITION BY review_id ORDER BY people DESC) AS place FROM said
), truths AS (
    SELECT review_id, CASE WHEN count(*) = 1 THEN min(right_value) ELSE 'people disagree' END AS truth
    FROM most WHERE place = 1 GROUP BY review_id
)
SELECT CASE %(by)s::text
           WHEN 'language' THEN coalesce(language, 'und')
           WHEN 'source' THEN source
           WHEN 'month' THEN to_char(published_at AT TIME ZONE 'UTC', 'YYYY-MM')
           WHEN 'version' THEN processing_version
           ELSE ''
       END AS part,
       sentiment_label AS label,
       coalesce(truths.truth, 'no feedback') AS truth,
       CASE WHEN sentiment_probability < 1 THEN floor(sentiment_probability * 10)::integer
            WHEN sentiment_probability = 1 THEN 9
       END AS tenth,
       count(*) AS reviews,
       coalesce(sum(sentiment_probability), 0)::float8 AS probabilities
FROM public.processed_reviews AS review
LEFT JOIN truths USING (review_id)
WHERE tenant_id = %(tenant_id)s AND sentiment_label IS NOT NULL
  AND (%(source)s::text IS NULL OR source = %(source)s::text)
  AND (%(language)s::text IS NULL OR language = %(language)s::text)
  AND (%(since)s::timestamptz IS NULL OR published_at >= %(since)s::timestamptz)
  AND (%(until)s::timestamptz IS NULL OR published_at < %(until)s::timestamptz)
GROUP BY 1, 2, 3, 4
ORDER BY 1, 2, 3, 4
