-- One row per generated key. The columns behind state say what the state machine needs; see StreamState.
CREATE TABLE stream (
  id            uuid PRIMARY KEY,
  key           text        NOT NULL UNIQUE,
  owner_id      text        NOT NULL,
  owner_name    text        NOT NULL,
  title         text        NOT NULL,
  description   text,
  thumbnail_url text,
  scheduled_at  timestamptz,
  expires_at    timestamptz NOT NULL,
  created_at    timestamptz NOT NULL,
  started_at    timestamptz,
  ended_at      timestamptz,
  state         text        NOT NULL CHECK (state IN ('PENDING', 'LIVE', 'GRACE', 'OFFLINE')),
  publisher     text,
  server_run    text,
  rival         text,
  grace_until   timestamptz
);
CREATE INDEX stream_on_air ON stream (started_at) WHERE state IN ('LIVE', 'GRACE');
CREATE INDEX stream_to_come ON stream (scheduled_at) WHERE state = 'PENDING';

-- See Outbox in service-defaults.
CREATE TABLE outbox (
  id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  dedupe  uuid NOT NULL DEFAULT gen_random_uuid(),
  room    text,
  message text NOT NULL
);
