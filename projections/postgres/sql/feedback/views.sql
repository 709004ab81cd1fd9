CREATE OR REPLACE VIEW public.review_feedback WITH (security_invoker = true) AS SELECT * FROM {schema}.review_feedback;
