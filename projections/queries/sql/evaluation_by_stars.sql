-- One row for each part, label, truth and tenth of the probability. Stars are the truth: up to 2 is negative, from 4 on positive.
SELECT CASE %(by)s::text
           WHEN 'language' THEN coalesce(language, 'und')
           WHEN 'source' THEN source
           WHEN 'month' THEN to_char(published_at AT TIME ZONE 'UTC', 'YYYY-MM')
           WHEN 'version' THEN processing_version
           ELSE ''
       END AS part,
       sentiment_label AS label,
       CASE WHEN rating IS NULL THEN 'no rating'
            WHEN rating <= 2 THEN 'negative'
            WHEN rating >= 4 THEN 'positive'
            ELSE 'about three stars'
       END AS truth,
       CASE WHEN sentiment_probability < 1 THEN floor(sentiment_probability * 10)::integer
            WHEN sentiment_probability = 1 THEN 9
       END AS tenth,
       count(*) AS reviews,
       coalesce(sum(sentiment_probability), 0)::float8 AS probabilities
FROM public.processed_reviews
WHERE tenant_id = %(tenant_id)s AND sentiment_label IS NOT NULL
  AND (%(source)s::text IS NULL OR source = %(source)s::text)
  AND (%(language)s::text IS NULL OR language = %(language)s::text)
  AND (%(since)s::timestamptz IS NULL OR published_at >= %(since)s::timestamptz)
  AND (%(until)s::timestamptz IS NULL OR published_at < %(until)s::timestamptz)
GROUP BY 1, 2, 3, 4
ORDER BY 1, 2, 3, 4
