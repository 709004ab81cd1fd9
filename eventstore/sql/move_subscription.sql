INSERT INTO subscriptions AS s (name, position) VALUES (%(name)s, %(position)s)
ON CONFLICT (name) DO UPDATE SET position = excluded.position, updated_at = now() WHERE s.position < excluded.position
