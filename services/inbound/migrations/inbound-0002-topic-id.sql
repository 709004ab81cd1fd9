-- A topic that is deleted and made anew starts at offset 0 again: its partitions get rows of their own, by Kafka's topic id.
-- Rows from before know no id; the streams worker names them at its next start.
ALTER TABLE inbound_partitions ADD COLUMN IF NOT EXISTS topic_id text NOT NULL DEFAULT '';
ALTER TABLE inbound_partitions DROP CONSTRAINT IF EXISTS inbound_partitions_pkey;
ALTER TABLE inbound_partitions ADD PRIMARY KEY (topic, topic_id, partition);

-- Which topic stands under a name now.
CREATE TABLE IF NOT EXISTS inbound_topics (
    topic text PRIMARY KEY,
    topic_id text NOT NULL,
    since timestamptz NOT NULL DEFAULT now()
);
