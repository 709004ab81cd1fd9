SELECT topic_id FROM inbound_topics WHERE topic = %(topic)s
