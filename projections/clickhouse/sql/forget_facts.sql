DELETE FROM $database.review_facts WHERE tenant_id IN %(tenants)s AND review_id IN %(reviews)s
