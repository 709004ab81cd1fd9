SELECT (SELECT count(*) FROM public.saga_progress WHERE not_before IS NOT NULL) AS retrying,
       (SELECT count(*) FROM public.saga_progress WHERE next_step = 'abandoned') AS abandoned
