INSERT INTO resume_tokens (name, token) VALUES ('raw_reviews', '{"_data": "8200"}');
