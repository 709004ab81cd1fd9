DELETE FROM {schema}.review_entities WHERE review_id = ANY (%(reviews)b::uuid[])
