SELECT headers, payload FROM dead_letters WHERE dead_letter_id = %(id)s
