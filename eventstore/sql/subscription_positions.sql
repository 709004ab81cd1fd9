SELECT name, position FROM subscriptions ORDER BY name
