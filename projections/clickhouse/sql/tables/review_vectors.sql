-- What each review means, as its newest analysis has it, a signed byte a number. Source, label and date are those of
-- review_facts, where corrections of them arrive; a review's key never changes, so one row replaces another.
CREATE TABLE $database.review_vectors $on_cluster (
    tenant_id UUID,
    review_id UUID,
    encoder LowCardinality(String),
    language LowCardinality(String),
    vector Array(Int8) CODEC(NONE),
    revision UInt32,
    position UInt64,
    is_deleted UInt8
)
ENGINE = ${replicated}ReplacingMergeTree(${replica}position, is_deleted)
ORDER BY (tenant_id, review_id)
SETTINGS ${window} = 10000
