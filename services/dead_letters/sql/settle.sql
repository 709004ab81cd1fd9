WITH changed AS (
    UPDATE dead_letters SET state = %(state)s, changed_at = clock_timestamp()
    WHERE dead_letter_id = ANY (%(ids)s::uuid[]) AND state = 'open'
    RETURNING dead_letter_id
)
INSERT INTO dead_letter_audit (dead_letter_id, action, actor, detail)
SELECT dead_letter_id, %(state)s, %(actor)s, %(detail)s FROM changed
RETURNING dead_letter_id
