-- A correction, or feedback, moves a review's stream on and nothing of its saga: what starts the next step stays, too.
UPDATE {schema}.saga_progress AS old
SET version = new.version, last_position = new.last_position
FROM jsonb_to_recordset(%(noted)s::jsonb) AS new (review_id uuid, revision integer, version integer, last_position bigint)
WHERE old.review_id = new.review_id AND old.revision = new.revision
