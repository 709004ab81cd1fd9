INSERT INTO known_stores (store, identity) VALUES (%(store)s, %(identity)s)
ON CONFLICT (store) DO NOTHING
