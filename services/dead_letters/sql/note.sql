INSERT INTO dead_letter_audit (subject, action, actor, detail)
VALUES (%(subject)s, %(action)s, %(actor)s, %(detail)s)
