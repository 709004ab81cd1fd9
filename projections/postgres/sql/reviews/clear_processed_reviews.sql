DELETE FROM {schema}.processed_reviews WHERE review_id = ANY (%(reviews)b::uuid[])
