INSERT INTO resume_tokens (name, token) VALUES (%(name)s, %(token)s)
ON CONFLICT (name) DO UPDATE SET token = excluded.token, updated_at = clock_timestamp()
