SELECT review_id FROM $database.review_facts FINAL WHERE tenant_id = %(tenant_id)s
UNION DISTINCT
SELECT review_id FROM $database.review_vectors FINAL WHERE tenant_id = %(tenant_id)s
