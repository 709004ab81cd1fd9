CREATE OR REPLACE VIEW public.saga_progress WITH (security_invoker = true) AS SELECT * FROM {schema}.saga_progress;
