-- Co-hosts of each stream, as srs-hook-service named them; a stream whose owner works alone has no row.
CREATE TABLE stream_staff (
    stream_key text   PRIMARY KEY,
    version    bigint NOT NULL,
    cohosts    text[] NOT NULL
);
