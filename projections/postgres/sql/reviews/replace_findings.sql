-- One document a review, unfolded here: rows made by the server cost a fifth of rows made by the client.
-- A document about another revision than the row's is ignored. A fresh review has nothing to clear.
WITH docs AS MATERIALIZED (
    SELECT doc.review_id, doc.tenant_id, doc.position, doc.fresh, doc.entities, doc.keywords, doc.aspects
    FROM jsonb_to_recordset(%(findings)s::jsonb) AS doc (
        review_id uuid, tenant_id uuid, revision integer, position bigint, fresh boolean, entities jsonb, keywords jsonb,
        aspects jsonb
    )
    JOIN {schema}.processed_reviews AS review ON review.review_id = doc.review_id AND review.revision = doc.revision
), cleared_entities AS (
    DELETE FROM {schema}.review_entities AS old
    WHERE old.review_id = ANY (ARRAY(SELECT review_id FROM docs WHERE NOT fresh))
), cleared_keywords AS (
    DELETE FROM {schema}.review_keywords AS old
    WHERE old.review_id = ANY (ARRAY(SELECT review_id FROM docs WHERE NOT fresh))
), cleared_aspects AS (
    DELETE FROM {schema}.review_aspects AS old
    WHERE old.review_id = ANY (ARRAY(SELECT review_id FROM docs WHERE NOT fresh))
), entities AS (
    INSERT INTO {schema}.review_entities (
        review_id, tenant_id, entity_text, entity_type, entity_key, salience, sentiment, mentions, position
    )
    SELECT docs.review_id, docs.tenant_id, e.text, e.type, e.key, e.salience, e.sentiment, e.mentions, docs.position
    FROM docs
    CROSS JOIN LATERAL jsonb_to_recordset(docs.entities) AS e (
        text text, type text, key text, salience numeric, sentiment numeric, mentions jsonb
    )
), aspects AS (
    INSERT INTO {schema}.review_aspects (review_id, tenant_id, term, text, label, probability, spans, position)
    SELECT docs.review_id, docs.tenant_id, a.term, a.text, a.label, a.probability,
           jsonb_build_object('at', a.at, 'clause', a.clause), docs.position
    FROM docs
    CROSS JOIN LATERAL jsonb_to_recordset(docs.aspects) AS a (
        term text, text text, label text, probability numeric, at jsonb, clause jsonb
    )
)
INSERT INTO {schema}.review_keywords (review_id, tenant_id, keyword, relevance, mentions, position)
SELECT docs.review_id, docs.tenant_id, k.text, k.relevance, k.mentions, docs.position
FROM docs
CROSS JOIN LATERAL jsonb_to_recordset(docs.keywords) AS k (text text, relevance numeric, mentions jsonb)
