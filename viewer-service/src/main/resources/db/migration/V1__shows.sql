-- What the audience of each show added up to; written when the show has ended.
CREATE TABLE show_record (
    stream_key     text        NOT NULL,
    started_at     timestamptz NOT NULL,
    owner_id       text        NOT NULL,
    measured_from  timestamptz NOT NULL,
    measured_to    timestamptz NOT NULL,
    peak           bigint      NOT NULL,
    unique_viewers bigint      NOT NULL,
    watched_ms     bigint      NOT NULL,
    PRIMARY KEY (stream_key, started_at)
);

-- The same for each of its minutes.
CREATE TABLE show_minute (
    stream_key     text        NOT NULL,
    started_at     timestamptz NOT NULL,
    begins_at      timestamptz NOT NULL,
    length_ms      bigint      NOT NULL,
    peak           bigint      NOT NULL,
    unique_viewers bigint      NOT NULL,
    watched_ms     bigint      NOT NULL,
    PRIMARY KEY (stream_key, started_at, begins_at),
    FOREIGN KEY (stream_key, started_at) REFERENCES show_record ON DELETE CASCADE
);
