-- Tells this table from one that was made after it was lost.
CREATE TABLE IF NOT EXISTS dead_letters_identity (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    identity uuid NOT NULL DEFAULT gen_random_uuid()
);
INSERT INTO dead_letters_identity DEFAULT VALUES ON CONFLICT DO NOTHING;
