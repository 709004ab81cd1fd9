-- What people hold for wrong, and what would be right. Feedback on an earlier revision stays: the text that it speaks of is known.
-- `subject` tells the things of one field apart: empty for label and language, of which a result has one.
CREATE TABLE {schema}.review_feedback (
    review_id          uuid        NOT NULL,
    tenant_id          uuid        NOT NULL,
    revision           integer     NOT NULL,
    field              text        NOT NULL,
    subject            text        NOT NULL,
    who                text        NOT NULL,
    given_value        text,
    right_value        text,
    note               text,
    processing_version text        NOT NULL,
    disputed_at        timestamptz NOT NULL,
    position           bigint      NOT NULL,
    PRIMARY KEY (review_id, revision, field, subject, who)
);
