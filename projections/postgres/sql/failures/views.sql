CREATE OR REPLACE VIEW public.failures WITH (security_invoker = true) AS SELECT * FROM {schema}.failures;
