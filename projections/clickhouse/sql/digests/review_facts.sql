SELECT count(), sum(cityHash64(*)) FROM $database.review_facts FINAL
