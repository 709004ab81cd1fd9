SELECT DISTINCT review_id FROM $database.review_facts FINAL WHERE tenant_id = %(tenant_id)s
