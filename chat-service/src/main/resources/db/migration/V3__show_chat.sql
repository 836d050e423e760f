-- The number of chat messages of each show, written at its end.
CREATE TABLE show_chat (
  stream_key text        NOT NULL,
  started_at timestamptz NOT NULL,
  ended_at   timestamptz NOT NULL,
  messages   bigint      NOT NULL,
  PRIMARY KEY (stream_key, started_at)
);
