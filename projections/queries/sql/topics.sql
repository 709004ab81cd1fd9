SELECT topic_id, name, keywords, hidden, pinned, split, merged_into, parent, size, version
FROM public.topics
WHERE tenant_id = %(tenant_id)s
ORDER BY size DESC, topic_id
