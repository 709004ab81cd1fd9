SELECT review.*,
       coalesce((
           SELECT jsonb_agg(jsonb_build_object(
               'text', e.entity_text, 'type', e.entity_type, 'salience', e.salience, 'sentiment', e.sentiment,
               'mentions', e.mentions
           ) ORDER BY e.salience DESC, e.entity_text, e.entity_type)
           FROM {schema}.review_entities AS e WHERE e.review_id = review.review_id
       ), '[]') AS entities,
       coalesce((
           SELECT jsonb_agg(jsonb_build_object('text', k.keyword, 'relevance', k.relevance, 'mentions', k.mentions)
                            ORDER BY k.relevance DESC, k.keyword)
           FROM {schema}.review_keywords AS k WHERE k.review_id = review.review_id
       ), '[]') AS keywords,
       coalesce((
           SELECT jsonb_agg(jsonb_build_object(
               'text', a.text, 'term', a.term, 'label', a.label, 'probability', a.probability
           ) || a.spans ORDER BY (a.spans #>> '{{at,start}}')::integer, a.term)
           FROM {schema}.review_aspects AS a WHERE a.review_id = review.review_id
       ), '[]') AS aspects,
       coalesce((
           SELECT jsonb_agg(jsonb_build_object(
               'revision', f.revision, 'field', f.field, 'given', f.given_value, 'right', f.right_value, 'who', f.who,
               'note', f.note, 'disputed_at', f.disputed_at
           ) ORDER BY f.position)
           FROM {schema}.review_feedback AS f WHERE f.review_id = review.review_id
       ), '[]') AS feedback
FROM {schema}.processed_reviews AS review
WHERE review.tenant_id = %(tenant_id)s AND review.review_id = %(review_id)s
