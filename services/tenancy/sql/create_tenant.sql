INSERT INTO tenants (id, slug, name, settings) VALUES (%(id)s, %(slug)s, %(name)s, %(settings)s)
ON CONFLICT (slug) DO NOTHING
RETURNING id
