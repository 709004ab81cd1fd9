SELECT tenant_id, count(), sum(cityHash64(*)) FROM $database.review_facts FINAL
GROUP BY tenant_id
