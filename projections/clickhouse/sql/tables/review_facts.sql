-- What each review counts for now. The date stands in the key: a review that moves to another day leaves a tombstone
-- under its old key, because rows are replaced only within a partition.
CREATE TABLE $database.review_facts $on_cluster (
    tenant_id UUID,
    date Date32,
    review_id UUID,
    source LowCardinality(String),
    platform LowCardinality(String),
    language LowCardinality(String),
    label LowCardinality(String),
    score Nullable(Decimal(5, 4)),
    rating Nullable(Decimal(4, 2)),
    topic_ids Array(String),
    topic_confidences Array(Decimal(5, 4)),
    revision UInt32,
    processing_version LowCardinality(String),
    position UInt64,
    is_deleted UInt8
)
ENGINE = ${replicated}ReplacingMergeTree(${replica}position, is_deleted)
PARTITION BY toYYYYMM(date)
ORDER BY (tenant_id, date, review_id)
SETTINGS ${window} = 10000
