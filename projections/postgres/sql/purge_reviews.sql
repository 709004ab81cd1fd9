DELETE FROM {table} WHERE review_id = ANY (%(reviews)b::uuid[])
