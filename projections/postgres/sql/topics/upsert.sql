INSERT INTO {schema}.topics (
    topic_id, tenant_id, review_id, name, keywords, size, coherence, stability, hidden, pinned, split, merged_into,
    parent, examples, version, position
)
SELECT topic_id, tenant_id, review_id, name, ARRAY(SELECT jsonb_array_elements_text(keywords)), size, coherence,
       stability, hidden, pinned, split, merged_into, parent, ARRAY(SELECT jsonb_array_elements_text(examples)),
       version, position
FROM jsonb_to_recordset(%(rows)s::jsonb) AS new (
    topic_id text, tenant_id uuid, review_id uuid, name text, keywords jsonb, size integer, coherence numeric,
    stability numeric, hidden boolean, pinned boolean, split boolean, merged_into text, parent text, examples jsonb,
    version integer, position bigint
)
ON CONFLICT (review_id, topic_id) DO UPDATE SET
    name = excluded.name, keywords = excluded.keywords, size = excluded.size, coherence = excluded.coherence,
    stability = excluded.stability, hidden = excluded.hidden, pinned = excluded.pinned, split = excluded.split,
    merged_into = excluded.merged_into, parent = excluded.parent, examples = excluded.examples,
    version = excluded.version, position = excluded.position
