-- review_id is the id of the stream, here a watched series: by it a stream is rebuilt.
CREATE TABLE {schema}.alarms (
    alarm_id      uuid PRIMARY KEY,
    review_id     uuid             NOT NULL,
    tenant_id     uuid             NOT NULL,
    measure       text             NOT NULL,
    source        text             NOT NULL,
    topic         text             NOT NULL,
    kind          text             NOT NULL,
    direction     text             NOT NULL,
    first_day     date             NOT NULL,
    day           date             NOT NULL,
    observed      double precision NOT NULL,
    expected      double precision NOT NULL,
    reviews       integer          NOT NULL,
    surprise      double precision NOT NULL,
    drivers       jsonb            NOT NULL,
    review_ids    jsonb            NOT NULL,
    raised_at     timestamptz      NOT NULL,
    closed_day    date,
    closed_reason text,
    closed_at     timestamptz,
    position      bigint           NOT NULL
);
