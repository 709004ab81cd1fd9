DELETE FROM {schema}.review_keywords WHERE review_id = ANY (%(reviews)b::uuid[])
