SELECT tenant_id, count(), sum(cityHash64(*)) FROM $database.review_vectors FINAL
GROUP BY tenant_id
