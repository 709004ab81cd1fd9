-- Retries that no one took up count from their time on.
SELECT deadline.step,
       (SELECT count(*) FROM public.saga_progress
        WHERE next_step = deadline.step AND next_step NOT IN ('done', 'abandoned', 'withdrawn')
          AND since < %(now)s - deadline.seconds * interval '1 second'
          AND coalesce(not_before, since) < %(now)s - deadline.seconds * interval '1 second') AS count,
       ARRAY(SELECT review_id FROM public.saga_progress
             WHERE next_step = deadline.step AND next_step NOT IN ('done', 'abandoned', 'withdrawn')
               AND since < %(now)s - deadline.seconds * interval '1 second'
               AND coalesce(not_before, since) < %(now)s - deadline.seconds * interval '1 second'
             ORDER BY since, review_id LIMIT %(shown)s) AS oldest
FROM unnest(%(steps)s::text[], %(seconds)s::float8[]) AS deadline (step, seconds)
