SELECT tenant_id, review_id, encoder, language, vector, revision, position, is_deleted
FROM $database.review_vectors FINAL
WHERE review_id IN %(reviews)s
