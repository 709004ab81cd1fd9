SELECT id, slug, name, settings, created_at FROM tenants WHERE slug = %(name)s OR id::text = %(name)s
