-- A bag of counters a day. The engine sums a Nested column by its key only if the name ends in Map.
CREATE TABLE $database.daily_stats $on_cluster (
    tenant_id UUID,
    date Date32,
    total_reviews Int64,
    metricsMap Nested(name String, value Int64)
)
ENGINE = ${replicated}SummingMergeTree(${replica_only})
PARTITION BY toYYYYMM(date)
ORDER BY (tenant_id, date)
SETTINGS ${window} = 10000
