UPDATE inbound_partitions SET topic_id = %(topic_id)s WHERE topic = %(topic)s AND topic_id = ''
