-- Sums of signed deltas by day and origin. Sums are fixed-point, so that what is taken back leaves nothing behind.
CREATE TABLE $database.review_metrics $on_cluster (
    tenant_id UUID,
    timestamp DateTime64(0, 'UTC'),
    source LowCardinality(String),
    platform LowCardinality(String),
    language LowCardinality(String),
    sentiment_positive Int64,
    sentiment_neutral Int64,
    sentiment_negative Int64,
    sentiment_undetermined Int64,
    total_reviews Int64,
    rating_count Int64,
    rating_sum Decimal(18, 2),
    score_count Int64,
    score_sum Decimal(18, 4),
    avg_rating Nullable(Float64) ALIAS toFloat64(rating_sum) / nullIf(rating_count, 0),
    INDEX idx_metrics_tenant_time (tenant_id, timestamp) TYPE minmax
)
ENGINE = ${replicated}SummingMergeTree(${replica_only})
PARTITION BY toYYYYMM(timestamp)
ORDER BY (tenant_id, timestamp, source, platform, language)
SETTINGS ${window} = 10000
