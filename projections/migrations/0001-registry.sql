-- Every version of every projection. Readers and writers find the live one here; a switch is one row.
CREATE TABLE projections (
    name        text        NOT NULL,
    version     integer     NOT NULL CHECK (version > 0),
    state       text        NOT NULL CHECK (state IN ('building', 'live', 'retired')),
    position    bigint      NOT NULL DEFAULT 0 CHECK (position >= 0),
    pending_to  bigint      CHECK (pending_to > position),
    shape       text        NOT NULL,
    filter      jsonb,
    created_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    switched_at timestamptz,
    PRIMARY KEY (name, version)
);

CREATE UNIQUE INDEX projections_one_live ON projections (name) WHERE state = 'live';

-- Streams that a version could not project: the first event that failed. Later events of the stream wait behind it.
CREATE TABLE parked_streams (
    name      text        NOT NULL,
    version   integer     NOT NULL,
    stream_id uuid        NOT NULL,
    tenant_id uuid        NOT NULL,
    position  bigint      NOT NULL,
    topic     text        NOT NULL,
    error     text        NOT NULL,
    release_to bigint,  -- set while the stream is being readmitted: later events are applied as they come
    parked_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (name, version, stream_id),
    FOREIGN KEY (name, version) REFERENCES projections (name, version) ON DELETE CASCADE
);
