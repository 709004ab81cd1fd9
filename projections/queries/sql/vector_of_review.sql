SELECT encoder, vector, revision FROM $database.review_vectors FINAL
WHERE tenant_id = %(tenant_id)s AND review_id = %(review_id)s
