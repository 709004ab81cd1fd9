-- Every vector is compared: an index by nearness would find some of them, for all tenants at once (docs/search.md).
SELECT review_id, revision, 1 - cosineDistance(vector, CAST(%(vector)s, 'Array(Int8)')) AS similarity
FROM $database.review_vectors FINAL
WHERE tenant_id = %(tenant_id)s AND encoder = %(encoder)s AND length(vector) = %(dimensions)s
  AND review_id != %(without)s AND (%(language)s = '' OR language = %(language)s) $counted
ORDER BY similarity DESC, review_id
LIMIT %(limit)s
