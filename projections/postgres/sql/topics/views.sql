CREATE OR REPLACE VIEW public.topics WITH (security_invoker = true) AS
SELECT topic_id, tenant_id, review_id AS model_id, name, keywords, size, coherence, stability, hidden, pinned, split,
       merged_into, parent, examples, version, position
FROM {schema}.topics;
