-- How much is said about each topic a day, and how it is meant.
CREATE TABLE $database.topic_trends $on_cluster (
    tenant_id UUID,
    date Date32,
    topic_id String,
    total_reviews Int64,
    sentiment_positive Int64,
    sentiment_neutral Int64,
    sentiment_negative Int64,
    sentiment_undetermined Int64,
    confidence_sum Decimal(18, 4)
)
ENGINE = ${replicated}SummingMergeTree(${replica_only})
PARTITION BY toYYYYMM(date)
ORDER BY (tenant_id, date, topic_id)
SETTINGS ${window} = 10000
