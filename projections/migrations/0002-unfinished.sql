-- A rebuild that was interrupted or paused goes on where it stood. `indexed`: what only reading needs is made.
ALTER TABLE projections
    ADD COLUMN paused  boolean NOT NULL DEFAULT false,
    ADD COLUMN indexed boolean NOT NULL DEFAULT false;

-- While a version is filled by several processes: how far each has come with its share of the streams.
CREATE TABLE projection_shards (
    name       text    NOT NULL,
    version    integer NOT NULL,
    shard      integer NOT NULL CHECK (shard >= 0),
    position   bigint  NOT NULL CHECK (position >= 0),
    pending_to bigint  CHECK (pending_to > position),
    PRIMARY KEY (name, version, shard),
    FOREIGN KEY (name, version) REFERENCES projections (name, version) ON DELETE CASCADE
);
