WITH gone AS MATERIALIZED (
    SELECT review_id FROM jsonb_to_recordset(%(withdrawn)s::jsonb) AS doc (review_id uuid)
), entities AS (
    DELETE FROM {schema}.review_entities WHERE review_id = ANY (ARRAY(SELECT review_id FROM gone))
), keywords AS (
    DELETE FROM {schema}.review_keywords WHERE review_id = ANY (ARRAY(SELECT review_id FROM gone))
), aspects AS (
    DELETE FROM {schema}.review_aspects WHERE review_id = ANY (ARRAY(SELECT review_id FROM gone))
)
DELETE FROM {schema}.processed_reviews WHERE review_id = ANY (ARRAY(SELECT review_id FROM gone))
