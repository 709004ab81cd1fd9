INSERT INTO known_topics (topic, topic_id) VALUES (%(topic)s, %(topic_id)s)
ON CONFLICT (topic) DO UPDATE SET topic_id = EXCLUDED.topic_id, since = now()
