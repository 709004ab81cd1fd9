SELECT FROM pg_publication WHERE pubname = %(name)s
