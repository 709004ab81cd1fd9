CREATE OR REPLACE VIEW public.review_topics WITH (security_invoker = true) AS SELECT * FROM {schema}.review_topics;
