-- Kafka's ids of our topics. A topic that has another id by now was lost, and what it held has to be sent again.
CREATE TABLE known_topics (
    topic    text PRIMARY KEY,
    topic_id text        NOT NULL,
    since    timestamptz NOT NULL DEFAULT now()
);
