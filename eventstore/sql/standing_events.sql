SELECT originator_id, originator_version, event_id
FROM unnest(%(streams)b::uuid[], %(versions)b::bigint[]) AS asked (stream_id, version)
JOIN events ON originator_id = stream_id AND originator_version = version
