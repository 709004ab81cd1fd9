SELECT topic, topic_id FROM known_topics ORDER BY topic
