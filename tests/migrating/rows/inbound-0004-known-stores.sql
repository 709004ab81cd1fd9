INSERT INTO known_stores (store, identity) VALUES ('reviews.inbound', 'NvMJh0L0SUi5maxK9G2GBA');
