INSERT INTO known_stores (store, identity) VALUES (%(store)s, %(identity)s)
ON CONFLICT (store) DO UPDATE SET identity = EXCLUDED.identity, since = now()
