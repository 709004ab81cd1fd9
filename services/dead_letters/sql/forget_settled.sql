-- The caller locks them; who did what stays, and the audit's rows name the letter as their subject from now on.
WITH kept AS (
    UPDATE dead_letter_audit SET subject = 'dead letter ' || dead_letter_id, dead_letter_id = NULL
    WHERE dead_letter_id = ANY (%(ids)s::uuid[])
)
DELETE FROM dead_letters WHERE dead_letter_id = ANY (%(ids)s::uuid[])
