SELECT
    tenant_id, date, review_id, source, platform, language, label, score, rating, topic_ids, topic_confidences,
    revision, processing_version, position, is_deleted
FROM $database.review_facts FINAL
WHERE review_id IN %(reviews)s
