COPY events (
    position, tenant_id, originator_id, originator_version, topic, state, event_id, causation_id, correlation_id
) FROM STDIN (FORMAT BINARY)
