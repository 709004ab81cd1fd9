-- Results of another revision than the row's are ignored: the text they speak of is gone.
-- What the batch did not bring is null and leaves the row's value; a sentiment without score or probability has a label
-- all the same.
UPDATE {schema}.processed_reviews AS old
SET language            = coalesce(new.language, old.language),
    language_confidence = coalesce(new.language_confidence, old.language_confidence),
    analyzers           = coalesce(new.analyzers, old.analyzers),
    sentiment_score     = CASE WHEN new.sentiment_label IS NULL THEN old.sentiment_score ELSE new.sentiment_score END,
    sentiment_label     = coalesce(new.sentiment_label, old.sentiment_label),
    sentiment_positive  = coalesce(new.sentiment_positive, old.sentiment_positive),
    sentiment_neutral   = coalesce(new.sentiment_neutral, old.sentiment_neutral),
    sentiment_negative  = coalesce(new.sentiment_negative, old.sentiment_negative),
    evidence            = coalesce(new.evidence, old.evidence),
    sentiment_probability =
        CASE WHEN new.sentiment_label IS NULL THEN old.sentiment_probability ELSE new.sentiment_probability END,
    sentences           = coalesce(new.sentences, old.sentences),
    processed_at        = new.processed_at,
    processing_version  = new.processing_version,
    position            = new.position
FROM jsonb_to_recordset(%(results)s::jsonb) AS new (
    review_id uuid, revision integer, language text, language_confidence numeric, analyzers jsonb,
    sentiment_score numeric, sentiment_label text, sentiment_positive numeric, sentiment_neutral numeric,
    sentiment_negative numeric, sentiment_probability numeric, sentences jsonb, evidence jsonb, processed_at timestamptz,
    processing_version text, position bigint
)
WHERE old.review_id = new.review_id AND old.revision = new.revision
