DELETE FROM {schema}.review_feedback AS old
USING jsonb_to_recordset(%(taken_back)s::jsonb) AS gone (review_id uuid, revision integer, field text, subject text, who text)
WHERE (old.review_id, old.revision, old.field, old.subject, old.who)
    = (gone.review_id, gone.revision, gone.field, gone.subject, gone.who)
