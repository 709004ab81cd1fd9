SELECT partition, next_offset FROM inbound_partitions WHERE topic = %(topic)s AND topic_id = ''
