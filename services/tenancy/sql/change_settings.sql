UPDATE tenants SET settings = %(settings)s WHERE slug = %(slug)s
RETURNING id, slug, name, settings, created_at
