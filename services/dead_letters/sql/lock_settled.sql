SELECT dead_letter_id FROM dead_letters
WHERE state <> 'open' AND changed_at < %(before)s
ORDER BY changed_at
LIMIT %(limit)s
FOR UPDATE SKIP LOCKED
