-- Facts of another revision than the row's are ignored: a later text came with facts of its own.
UPDATE {schema}.processed_reviews AS old
SET platform = new.platform, author_name = new.author_name, published_at = new.published_at, position = new.position
FROM jsonb_to_recordset(%(facts)s::jsonb) AS new (
    review_id uuid, revision integer, platform text, author_name text, published_at timestamptz, position bigint
)
WHERE old.review_id = new.review_id AND old.revision = new.revision
