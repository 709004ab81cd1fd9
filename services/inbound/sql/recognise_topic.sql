INSERT INTO inbound_topics AS t (topic, topic_id) VALUES (%(topic)s, %(topic_id)s)
ON CONFLICT (topic) DO UPDATE SET topic_id = excluded.topic_id, since = now() WHERE t.topic_id <> excluded.topic_id
