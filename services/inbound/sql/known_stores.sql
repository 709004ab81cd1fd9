SELECT store, identity FROM known_stores ORDER BY store
