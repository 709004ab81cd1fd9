-- How each source's reviews speak of each topic, by week (from its Monday) and by month.
CREATE TABLE $database.topic_periods $on_cluster (
    tenant_id UUID,
    period Enum8('week' = 1, 'month' = 2),
    first_day Date32,
    topic_id String,
    source LowCardinality(String),
    total_reviews Int64,
    sentiment_positive Int64,
    sentiment_neutral Int64,
    sentiment_negative Int64,
    sentiment_undetermined Int64,
    rating_count Int64,
    rating_sum Decimal(18, 2)
)
ENGINE = ${replicated}SummingMergeTree(${replica_only})
PARTITION BY toYear(first_day)
ORDER BY (tenant_id, period, first_day, topic_id, source)
SETTINGS ${window} = 10000
