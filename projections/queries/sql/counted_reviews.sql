AND review_id IN (
    SELECT review_id FROM $database.review_facts FINAL
    WHERE tenant_id = %(tenant_id)s AND (%(source)s = '' OR source = %(source)s) AND (%(label)s = '' OR label = %(label)s)
      AND date >= %(since)s AND date <= %(until)s
)
