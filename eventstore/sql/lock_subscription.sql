SELECT position FROM subscriptions WHERE name = %(name)s FOR UPDATE
