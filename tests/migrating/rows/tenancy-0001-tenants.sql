INSERT INTO tenants (id, slug, name, settings)
VALUES (gen_random_uuid(), 'blue-harbour', 'Blue Harbour', '{"notify": true}');
