DELETE FROM resume_tokens WHERE name = %(name)s
