-- A chat room and its rules; the version grows by one with each change.
CREATE TABLE room (
  stream_key text   PRIMARY KEY,
  version    bigint NOT NULL,
  owner_id   text   NOT NULL,
  policy     jsonb  NOT NULL,
  pinned     jsonb
);

-- Who may not speak until when, or not be in the room at all (until is null).
CREATE TABLE restriction (
  stream_key text        NOT NULL REFERENCES room,
  user_id    text        NOT NULL,
  until      timestamptz,
  by_id      text        NOT NULL,
  reason     text        NOT NULL,
  at         timestamptz NOT NULL,
  PRIMARY KEY (stream_key, user_id)
);

-- The audit: who did what to whom, when and why. Rows are never changed.
CREATE TABLE action (
  id             uuid        PRIMARY KEY,
  stream_key     text        NOT NULL REFERENCES room,
  version        bigint      NOT NULL,
  kind           text        NOT NULL,
  moderator_id   text        NOT NULL,
  moderator_name text        NOT NULL,
  user_id        text,
  detail         jsonb       NOT NULL,
  reason         text        NOT NULL,
  at             timestamptz NOT NULL,
  UNIQUE (stream_key, version)
);
CREATE INDEX action_of_user ON action (stream_key, user_id, version);

-- See Outbox in service-defaults.
CREATE TABLE outbox (
  id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  dedupe  uuid NOT NULL DEFAULT gen_random_uuid(),
  room    text,
  message text NOT NULL
);
