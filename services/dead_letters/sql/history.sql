SELECT action, actor, detail, at FROM dead_letter_audit WHERE dead_letter_id = %(id)s ORDER BY entry
