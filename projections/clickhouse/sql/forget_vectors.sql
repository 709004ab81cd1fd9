DELETE FROM $database.review_vectors WHERE tenant_id IN %(tenants)s AND review_id IN %(reviews)s
