SELECT encoder, count() FROM $database.review_vectors FINAL WHERE tenant_id = %(tenant_id)s
GROUP BY encoder
ORDER BY count() DESC, encoder
