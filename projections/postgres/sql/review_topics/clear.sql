DELETE FROM {schema}.review_topics
WHERE review_id = ANY (ARRAY(SELECT jsonb_array_elements_text(%(cleared)s::jsonb)::uuid))
