SELECT partition, next_offset FROM inbound_partitions
WHERE topic = %(topic)s
  AND topic_id = coalesce(
    (SELECT coalesce(%(topic_id)s::text, t.topic_id) FROM inbound_topics AS t WHERE t.topic = %(topic)s), ''
  )
