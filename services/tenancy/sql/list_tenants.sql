SELECT id, slug, name, settings, created_at FROM tenants ORDER BY slug
