SELECT * FROM projections
WHERE %(name)s::text IS NULL OR name = %(name)s::text
ORDER BY name, version
