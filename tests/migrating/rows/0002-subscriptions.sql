INSERT INTO subscriptions (name, position) VALUES ('steps', 50), ('public', 40);
