SELECT DISTINCT tenant_id FROM $database.review_metrics WHERE timestamp >= toDateTime64(%(since)s, 0, 'UTC')
