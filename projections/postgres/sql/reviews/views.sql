CREATE OR REPLACE VIEW public.processed_reviews WITH (security_invoker = true) AS SELECT * FROM {schema}.processed_reviews;
CREATE OR REPLACE VIEW public.review_entities WITH (security_invoker = true) AS SELECT * FROM {schema}.review_entities;
CREATE OR REPLACE VIEW public.review_keywords WITH (security_invoker = true) AS SELECT * FROM {schema}.review_keywords;
CREATE OR REPLACE VIEW public.review_aspects WITH (security_invoker = true) AS SELECT * FROM {schema}.review_aspects;
