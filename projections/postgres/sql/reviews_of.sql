SELECT DISTINCT review_id FROM {table} WHERE tenant_id = %(tenant_id)s
