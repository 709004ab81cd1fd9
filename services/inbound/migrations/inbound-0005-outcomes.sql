-- Revisions, corrections and withdrawals are counted apart: until now revisions were among the accepted.
-- Workers of the release before do not know the columns, and count on as they did.
ALTER TABLE inbound_partitions
    ADD COLUMN IF NOT EXISTS revised bigint NOT NULL DEFAULT 0,
    ADD COLUMN IF NOT EXISTS corrected bigint NOT NULL DEFAULT 0,
    ADD COLUMN IF NOT EXISTS withdrawn bigint NOT NULL DEFAULT 0,
    DROP CONSTRAINT IF EXISTS inbound_partitions_check,
    DROP CONSTRAINT IF EXISTS inbound_partitions_sum;
ALTER TABLE inbound_partitions ADD CONSTRAINT inbound_partitions_sum
    CHECK (received = accepted + revised + corrected + withdrawn + deduplicated + dead_lettered);

ALTER TABLE inbound_runs
    ADD COLUMN IF NOT EXISTS revised bigint NOT NULL DEFAULT 0,
    ADD COLUMN IF NOT EXISTS corrected bigint NOT NULL DEFAULT 0,
    ADD COLUMN IF NOT EXISTS withdrawn bigint NOT NULL DEFAULT 0,
    DROP CONSTRAINT IF EXISTS inbound_runs_check,
    DROP CONSTRAINT IF EXISTS inbound_runs_sum;
ALTER TABLE inbound_runs ADD CONSTRAINT inbound_runs_sum
    CHECK (received = accepted + revised + corrected + withdrawn + deduplicated + dead_lettered);
